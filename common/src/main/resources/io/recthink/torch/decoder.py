# The decoder: TorchScript that reads like Python. Every definition becomes a method of one class.
#
# A batch is packed: B groups, each with one prompt padded at its end to P positions and G completions padded at their
# end to S positions; N = P + G * S positions in all. H hidden size, D head size, V vocabulary. Completions attend to
# the tokens of their own prompt and causally to themselves, so their positions continue those of the prompt.
# Scalars are tensors without dimensions. A tensor without elements stands for a parameter that the model lacks.

# x / sqrt(mean(x^2) + epsilon) * weight, over the last dimension, in FP32
def normalize(self, x: Tensor, weight: Tensor, epsilon: Tensor) -> Tensor:
  return torch.rms_norm(x.type_as(weight), [weight.size(0)], weight, float(epsilon))

# the same memory, without the history of its computation
def alias(self, x: Tensor) -> Tensor:
  return x.detach()

# rounded to BF16
def to_bfloat16(self, x: Tensor) -> Tensor:
  return x.to(15)

# widened to FP32; the same memory where it is FP32 already
def to_float(self, x: Tensor) -> Tensor:
  return x.to(6)

# sum += x; the sum is FP32
def add_to(self, sum: Tensor, x: Tensor) -> Tensor:
  return sum.add_(x)

# elements first .. last - 1 of the flattened tensor in FP32; a view where they are FP32 already
def elements(self, x: Tensor, first: Tensor, last: Tensor) -> Tensor:
  return x.view([-1])[int(first):int(last)].to(6)

# replaces elements first, first + 1, ... of the flattened tensor
def overwrite(self, x: Tensor, first: Tensor, values: Tensor) -> Tensor:
  start = int(first)
  return x.view([-1])[start:start + values.size(0)].copy_(values)

# replaces the block of a matrix that starts at place (row, column)
def overwrite_block(self, x: Tensor, place: Tensor, values: Tensor) -> Tensor:
  return x.narrow(0, int(place[0]), values.size(0)).narrow(1, int(place[1]), values.size(1)).copy_(values)

# the block of a matrix at place (row, column, rows, columns) in FP32
def block(self, x: Tensor, place: Tensor) -> Tensor:
  return x.narrow(0, int(place[0]), int(place[2])).narrow(1, int(place[1]), int(place[3])).to(6).contiguous()

# tokens [...] -> [..., H] in FP32
def embed(self, embedding: Tensor, tokens: Tensor) -> Tensor:
  return torch.embedding(embedding, tokens).to(6)

# cos and sin [B, N, 1, D / 2] of the angles position * frequency; positions [B, N], frequencies [D / 2]
def rotary(self, positions: Tensor, frequencies: Tensor) -> Tuple[Tensor, Tensor]:
  angles = positions.to(6).unsqueeze(-1) * frequencies
  return (torch.cos(angles).unsqueeze(2), torch.sin(angles).unsqueeze(2))

# (a, b) -> (a cos - b sin, b cos + a sin) for the halves a, b of every head, in FP32; x [B, N, heads, D]
def rotate(self, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
  a, b = torch.chunk(x, 2, -1)
  return torch.cat([a * cos - b * sin, b * cos + a * sin], -1)

# The shape of a packed batch is (P, R, F, C, S, C, S, ...): P positions of the prompt, R query heads of a key head, and then,
# from long completions to short ones, C calls of the attention with F completions of S positions each. In a call the first
# positions of all its completions come first, then their second ones.

# positions [B, N] of a packed batch: 0 .. P - 1, then length .. length + S - 1 for each completion; lengths [B]
def packed_positions(self, lengths: Tensor, shape: Tensor) -> Tensor:
  B, P, F = lengths.size(0), int(shape[0]), int(shape[2])
  positions = [torch.arange(P, dtype=4, device=lengths.device).expand([B, P])]
  for i in range((shape.size(0) - 3) // 2):
    C, S = int(shape[2 * i + 3]), int(shape[2 * i + 4])
    steps = torch.arange(S, dtype=4, device=lengths.device).unsqueeze(1)
    completions = (lengths.view([B, 1, 1, 1]) + steps).expand([B, C, S, F])
    positions.append(completions.reshape([B, C * S * F]))
  return torch.cat(positions, 1)

# added to the scores of the completions of the longest call of the attention: [B, 1, F * S * R, P + F * S], 0 where the
# query of a step, a completion and one of the R heads of a key head may look at a key, else -infinity; lengths [B]. Its
# upper left part is that of a shorter call
def packed_mask(self, lengths: Tensor, shape: Tensor) -> Tensor:
  P, R, F, S = int(shape[0]), int(shape[1]), int(shape[2]), int(shape[4])
  B = lengths.size(0)
  keys = torch.arange(P, dtype=4, device=lengths.device)
  own = torch.arange(F * S, dtype=4, device=lengths.device)
  completion = torch.remainder(own, F)
  prompt = (keys.unsqueeze(0) < lengths.unsqueeze(1)).unsqueeze(1).expand([B, F * S, P])
  earlier = (own.unsqueeze(0) <= own.unsqueeze(1)) & (completion.unsqueeze(0) == completion.unsqueeze(1))
  allowed = torch.cat([prompt, earlier.unsqueeze(0).expand([B, F * S, F * S])], 2)
  for_heads = allowed.unsqueeze(2).expand([B, F * S, R, P + F * S]).reshape([B, 1, F * S * R, P + F * S])
  return torch.zeros(for_heads.size(), dtype=6, device=lengths.device).masked_fill(~for_heads, -inf)

# x weight^T in the type of the weight
def linear(self, x: Tensor, weight: Tensor) -> Tensor:
  return torch.linear(x.type_as(weight), weight)

# x weight^T + bias; bias may be absent
def project(self, x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
  if bias.numel() == 0:
    y = self.linear(x, weight)
  else:
    y = torch.linear(x.type_as(weight), weight, bias)
  return y

# y + x a^T b^T: what an adapter adds to the projection y of x, its scale being in b; a and b may be absent
def adapt(self, y: Tensor, x: Tensor, a: Tensor, b: Tensor) -> Tensor:
  if a.numel() > 0:
    y = y + torch.linear(self.linear(x, a), b)
  return y

# queries [B, N, heads, D], keys and values [B, N, kvHeads, D] of what one weight projected, [B, N, (heads + 2 kvHeads) * D]:
# queries and keys normalised per head where the model does so, and rotated, all in the type of the projection
def attention_heads(self, all: Tensor, heads: int, query_norm: Tensor, key_norm: Tensor, epsilon: Tensor, cos: Tensor, sin: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
  projected = all.view([all.size(0), all.size(1), -1, 2 * cos.size(-1)])
  kv = (projected.size(2) - heads) // 2
  turning, v = torch.split_with_sizes(projected, [heads + kv, kv], 2)
  if query_norm.numel() > 0:
    q, k = torch.split_with_sizes(turning, [heads, kv], 2)
    turning = torch.cat([self.normalize(q, query_norm, epsilon), self.normalize(k, key_norm, epsilon)], 2)
  turned_q, turned_k = torch.split_with_sizes(self.rotate(turning, cos, sin).type_as(v), [heads, kv], 2)
  return (turned_q, turned_k, v)

# every key or value head once for each of its query heads: [B, N, kvHeads, D] -> [B, N, heads, D]
def repeat_heads(self, x: Tensor, heads: int) -> Tensor:
  B, N, kv, D = x.size(0), x.size(1), x.size(2), x.size(3)
  if kv == heads:
    y = x
  else:
    y = x.unsqueeze(3).expand([B, N, kv, heads // kv, D]).reshape([B, N, heads, D])
  return y

# softmax(q k^T / sqrt(D) + mask) v; q [B, n, heads, D], k and v [B, m, heads, D] -> [B, n, heads * D]
def attend(self, q: Tensor, k: Tensor, v: Tensor, mask: Optional[Tensor], causal: bool) -> Tensor:
  y = torch.scaled_dot_product_attention(q.transpose(1, 2), k.transpose(1, 2), v.transpose(1, 2), mask, 0., causal)
  return y.transpose(1, 2).reshape([q.size(0), q.size(1), -1])

# keys or values that C calls see: prompt [B, P, kvHeads, D] and n completion positions of each call, own [B, C * n, kvHeads, D]
# -> [B * C, kvHeads, P + n, D]
def prompt_and_own(self, prompt: Tensor, own: Tensor, n: int) -> Tensor:
  B, P, kv, D = prompt.size(0), prompt.size(1), prompt.size(2), prompt.size(3)
  C = own.size(1) // n
  prompts = prompt.unsqueeze(1).expand([B, C, P, kv, D])
  return torch.cat([prompts, own.reshape([B, C, n, kv, D])], 2).reshape([B * C, P + n, kv, D]).transpose(1, 2)

# attention of C calls with n completion positions each: q [B, C * n, heads, D], own_k and own_v [B, C * n, kvHeads, D],
# k and v of the prompt [B, P, kvHeads, D], mask [B, 1, n * R, P + n] -> [B, C * n, heads * D].
# The query heads of a key head are so many more queries of it: its keys are never repeated for them
def attend_calls(self, q: Tensor, k: Tensor, v: Tensor, own_k: Tensor, own_v: Tensor, mask: Tensor, n: int) -> Tensor:
  B, heads, kv, D = q.size(0), q.size(2), k.size(2), q.size(3)
  R, C = heads // kv, q.size(1) // n
  queries = q.reshape([B * C, n, kv, R, D]).permute([0, 2, 1, 3, 4]).reshape([B * C, kv, n * R, D])
  masks = mask.unsqueeze(1).expand([B, C, 1, n * R, mask.size(3)]).reshape([B * C, 1, n * R, mask.size(3)])
  attended = torch.scaled_dot_product_attention(queries, self.prompt_and_own(k, own_k, n), self.prompt_and_own(v, own_v, n), masks, 0., False)
  return attended.view([B * C, kv, n, R, D]).permute([0, 2, 1, 3, 4]).reshape([B, C * n, heads * D])

# attention of a packed batch; q [B, N, heads, D], k and v [B, N, kvHeads, D], mask of packed_mask -> [B, N, heads * D]
def attend_packed(self, q: Tensor, k: Tensor, v: Tensor, mask: Tensor, shape: Tensor) -> Tensor:
  heads = q.size(2)
  P, R, F = int(shape[0]), int(shape[1]), int(shape[2])
  prompt_k, prompt_v = k.narrow(1, 0, P), v.narrow(1, 0, P)
  attended = [self.attend(q.narrow(1, 0, P), self.repeat_heads(prompt_k, heads), self.repeat_heads(prompt_v, heads), None, True)]
  first = P
  for i in range((shape.size(0) - 3) // 2):
    n = F * int(shape[2 * i + 4])
    N = n * int(shape[2 * i + 3])
    own = self.attend_calls(q.narrow(1, first, N), prompt_k, prompt_v, k.narrow(1, first, N), v.narrow(1, first, N), mask.narrow(2, 0, n * R).narrow(3, 0, P + n), n)
    attended.append(own)
    first = first + N
  return torch.cat(attended, 1)

# down(silu(gate x) * up x); the weights of gate and up lie one below the other
def feed_forward(self, x: Tensor, gate_up: Tensor, down: Tensor, gate_up_a: Tensor, gate_up_b: Tensor, down_a: Tensor, down_b: Tensor) -> Tensor:
  gate, up = torch.chunk(self.adapt(self.linear(x, gate_up), x, gate_up_a, gate_up_b), 2, -1)
  activated = torch.silu(gate) * up
  return self.adapt(torch.linear(activated, down), activated, down_a, down_b)

# one decoder layer over a packed batch: x [B, N, H] -> [B, N, H], both FP32; the tensors in the order of
# Decoder.layerNames
def packed_layer(self, x: Tensor, cos: Tensor, sin: Tensor, mask: Tensor, shape: Tensor, epsilon: Tensor, input_norm: Tensor, qkv: Tensor, qkv_bias: Tensor, query_norm: Tensor, key_norm: Tensor, output: Tensor, post_norm: Tensor, gate_up: Tensor, down: Tensor, qkv_a: Tensor, qkv_b: Tensor, output_a: Tensor, output_b: Tensor, gate_up_a: Tensor, gate_up_b: Tensor, down_a: Tensor, down_b: Tensor) -> Tensor:
  heads = output.size(1) // (2 * cos.size(-1))
  normalized = self.normalize(x, input_norm, epsilon)
  projected = self.adapt(self.project(normalized, qkv, qkv_bias), normalized, qkv_a, qkv_b)
  q, k, v = self.attention_heads(projected, heads, query_norm, key_norm, epsilon, cos, sin)
  attended = self.attend_packed(q, k, v, mask, shape)
  y = x + self.adapt(torch.linear(attended, output), attended, output_a, output_b)
  return y + self.feed_forward(self.normalize(y, post_norm, epsilon), gate_up, down, gate_up_a, gate_up_b, down_a, down_b)

# rows first .. last - 1 of x; a view
def rows(self, x: Tensor, first: Tensor, last: Tensor) -> Tensor:
  return x[int(first):int(last)]

# rows [T] of x [B, N, H] -> [T, H]
def select(self, x: Tensor, rows: Tensor) -> Tensor:
  return x.view([-1, x.size(-1)]).index_select(0, rows)

# the gradient of select: gradient [T, H] added up at rows [T] of a zero tensor shaped like x
def select_backward(self, x: Tensor, rows: Tensor, gradient: Tensor) -> Tensor:
  zeros = torch.zeros_like(x)
  return zeros.view([-1, x.size(-1)]).index_add_(0, rows, gradient).view(x.size())

# hidden weight^T in FP32, of operands in the type of the weight: the logits of a large vocabulary lose too much in BF16.
# There a second product gives what rounding took from the first: it starts from minus the rounded result and rounds once
# at its end, so the sum of both is as good as FP32
def logits(self, hidden: Tensor, weight: Tensor) -> Tensor:
  x = hidden.type_as(weight)
  if weight.dtype == 6:
    y = torch.linear(x, weight)
  else:
    rounded = torch.linear(x, weight)
    y = rounded.to(6)
    y = y.add_(torch.addmm(rounded.neg_(), x, weight.t()))
  return y

# the head: probabilities [T, V] at a temperature, log-probabilities [T] of the targets, entropies [T];
# hidden [T, H] is normalised, weight [V, H]
def head(self, hidden: Tensor, weight: Tensor, targets: Tensor, temperature: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
  logits = self.logits(hidden, weight)
  if float(temperature) != 1.0:
    logits.div_(float(temperature))
  logprobs = torch.log_softmax(logits, -1)
  chosen = logprobs.gather(-1, targets.unsqueeze(-1)).squeeze(-1)
  probabilities = torch.exp(logprobs, out=logits)
  entropies = logprobs.mul_(probabilities).sum(-1).neg()
  return (probabilities, chosen, entropies)

# the gradient of the head for derivatives [T] of the loss by the log-probabilities of the targets, by
# d logp(t) / d logit(v) = ([v = t] - p(v)) / temperature; probabilities are used up. Adds to weight_gradient [V, H]
# unless it is absent, returns the gradient of hidden [T, H] in FP32
def head_backward(self, probabilities: Tensor, hidden: Tensor, weight: Tensor, targets: Tensor, derivatives: Tensor, temperature: Tensor, weight_gradient: Tensor) -> Tensor:
  scale = (derivatives / float(temperature)).unsqueeze(-1)
  logits_gradient = probabilities.mul_(-scale).scatter_add_(1, targets.unsqueeze(-1), scale).type_as(weight)
  if weight_gradient.numel() > 0:
    self.add_product(weight_gradient, logits_gradient, hidden.type_as(weight))
  return torch.mm(logits_gradient, weight).to(6)

# the same where the loss also depends on the entropies [T], with derivatives [T] by them:
# d entropy / d logit(v) = -p(v) (log p(v) + entropy) / temperature
def head_backward_with_entropy(self, probabilities: Tensor, hidden: Tensor, weight: Tensor, targets: Tensor, derivatives: Tensor, entropies: Tensor, entropy_derivatives: Tensor, temperature: Tensor, weight_gradient: Tensor) -> Tensor:
  scale = (derivatives / float(temperature)).unsqueeze(-1)
  of_entropy = torch.xlogy(probabilities, probabilities).addcmul_(probabilities, entropies.unsqueeze(-1))
  of_entropy = of_entropy.mul_((entropy_derivatives / float(temperature)).unsqueeze(-1).neg())
  logits_gradient = probabilities.mul_(-scale).add_(of_entropy).scatter_add_(1, targets.unsqueeze(-1), scale).type_as(weight)
  if weight_gradient.numel() > 0:
    self.add_product(weight_gradient, logits_gradient, hidden.type_as(weight))
  return torch.mm(logits_gradient, weight).to(6)

# sum [V, H] += x^T y for x [T, V], y [T, H]; some rows at a time, so that the product is still in the cache when it is added
def add_product(self, sum: Tensor, x: Tensor, y: Tensor) -> Tensor:
  V, rows = sum.size(0), 4096
  for i in range((V + rows - 1) // rows):
    n = min(rows, V - i * rows)
    sum.narrow(0, i * rows, n).add_(torch.mm(x.narrow(1, i * rows, n).t(), y))
  return sum

# adds gradient [..., H] to the rows of embedding_gradient [V, H] that tokens [...] name
def embed_backward(self, embedding_gradient: Tensor, tokens: Tensor, gradient: Tensor) -> Tensor:
  return embedding_gradient.index_add_(0, tokens.view([-1]), gradient.view([-1, gradient.size(-1)]))
