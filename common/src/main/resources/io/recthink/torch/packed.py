# Matrix products with weights in the blocks of oneDNN, for which few rows read them in the order in which they lie.

# a copy of weight [O, I] in BF16 in blocks
def pack(self, weight: Tensor) -> Tensor:
  return ops.mkldnn._reorder_linear_weight(weight)

# x weight^T for a packed weight
def packed_linear(self, x: Tensor, weight: Tensor) -> Tensor:
  return ops.mkldnn._linear_pointwise(x, weight, None, "none", annotate(List[Optional[number]], []), "")

# y + x weight^T for a packed weight, rounded once
def packed_linear_added(self, y: Tensor, x: Tensor, weight: Tensor) -> Tensor:
  return ops.mkldnn._linear_pointwise(x, y, weight, None, "add")
