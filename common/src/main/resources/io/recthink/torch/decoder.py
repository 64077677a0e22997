# The decoder, forward. Shapes: B groups, P prompt positions, G completions a group of S positions each,
# N = P + G * S packed positions, H hidden size, D head size.

# x / sqrt(mean(x^2) + epsilon) * weight, over the last dimension
def normalize(self, x: Tensor, weight: Tensor, epsilon: Tensor) -> Tensor:
  return torch.rms_norm(x, [weight.size(0)], weight, float(epsilon))
