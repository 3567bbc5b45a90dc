"""How many tokens a call took, by the kinds that are priced apart."""

from dataclasses import dataclass


@dataclass(frozen=True)
class TokenCounts:
    """As the API counts: the prompt is the sum of the three kinds of input."""

    input_tokens: int = 0
    output_tokens: int = 0
    cache_creation_input_tokens: int = 0
    cache_read_input_tokens: int = 0

    @property
    def prompt(self) -> int:
        return self.input_tokens + self.cache_creation_input_tokens + self.cache_read_input_tokens
