"""All networks of the sweep by name; nothing is built, and no library of models imported, before one is asked for."""
import networks_hugging_face
import networks_keras
import networks_of_images
import networks_of_signals
import networks_timm
import networks_torchvision

FAMILIES = [networks_torchvision, networks_timm, networks_hugging_face, networks_of_images, networks_of_signals, networks_keras]
NETWORKS = {network.name: network for family in FAMILIES for network in family.NETWORKS}
