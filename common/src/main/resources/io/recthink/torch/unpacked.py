# packed.py where libtorch computes without oneDNN, or on other processors than x86-64: nothing is packed.

def pack(self, weight: Tensor) -> Tensor:
  return weight

def packed_linear(self, x: Tensor, weight: Tensor) -> Tensor:
  return torch.linear(x, weight)

def packed_linear_added(self, y: Tensor, x: Tensor, weight: Tensor) -> Tensor:
  return torch.addmm(y, x, weight.t())
