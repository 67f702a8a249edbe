"""The two granularities keep POT's spelling."""

from openpot.config.channel_scope import ChannelScope


def test_values_are_the_words_of_configurations():
    assert [scope.value for scope in ChannelScope] == ["pertensor", "perchannel"]
    assert ChannelScope("perchannel") is ChannelScope.PER_CHANNEL
