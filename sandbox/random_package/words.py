"""Words for RandomPet. The real provider draws from a longer list (dustinkirkland/golang-petname)."""

from typing import Final

ADVERBS: Final = ("barely", "boldly", "calmly", "evenly", "gently", "kindly", "nearly", "openly", "purely", "safely")
ADJECTIVES: Final = (
    "able",
    "brave",
    "civil",
    "clear",
    "eager",
    "fair",
    "fleet",
    "grand",
    "keen",
    "loyal",
    "neat",
    "quick",
)
ANIMALS: Final = ("ant", "bear", "crane", "dove", "eagle", "finch", "goat", "hare", "heron", "lynx", "otter", "wren")
