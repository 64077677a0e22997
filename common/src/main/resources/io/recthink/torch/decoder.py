# The decoder: TorchScript that reads like Python. Every definition becomes a method of one class.
#
# A batch is packed: B groups, each with one prompt padded at its end to P positions and G completions padded at their
# end to S positions; N = P + G * S positions in all. H hidden size, D head size, V vocabulary. Completions attend to
# the tokens of their own prompt and causally to themselves, so their positions continue those of the prompt.
# Scalars are tensors without dimensions. A tensor without elements stands for a parameter that the model lacks.

# x / sqrt(mean(x^2) + epsilon) * weight, over the last dimension
def normalize(self, x: Tensor, weight: Tensor, epsilon: Tensor) -> Tensor:
  return torch.rms_norm(x, [weight.size(0)], weight, float(epsilon))

# the same memory, without the history of its computation
def alias(self, x: Tensor) -> Tensor:
  return x.detach()

# elements first .. last - 1 of the flattened tensor; a view
def elements(self, x: Tensor, first: Tensor, last: Tensor) -> Tensor:
  return x.view([-1])[int(first):int(last)]

# replaces elements first, first + 1, ... of the flattened tensor
def overwrite(self, x: Tensor, first: Tensor, values: Tensor) -> Tensor:
  start = int(first)
  return x.view([-1])[start:start + values.size(0)].copy_(values)

# tokens [...] -> [..., H]
def embed(self, embedding: Tensor, tokens: Tensor) -> Tensor:
  return torch.embedding(embedding, tokens)

# cos and sin [B, N, 1, D / 2] of the angles position * frequency; positions [B, N], frequencies [D / 2]
def rotary(self, positions: Tensor, frequencies: Tensor) -> Tuple[Tensor, Tensor]:
  angles = positions.to(6).unsqueeze(-1) * frequencies
  return (torch.cos(angles).unsqueeze(2), torch.sin(angles).unsqueeze(2))

# (a, b) -> (a cos - b sin, b cos + a sin) for the halves a, b of every head; x [B, N, heads, D]
def rotate(self, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
  a, b = torch.chunk(x, 2, -1)
  return torch.cat([a * cos - b * sin, b * cos + a * sin], -1)

# positions [B, N] of a packed batch: 0 .. P - 1, then G times length .. length + S - 1; lengths [B], shape (P, G, S)
def packed_positions(self, lengths: Tensor, shape: Tensor) -> Tensor:
  P, G, S = int(shape[0]), int(shape[1]), int(shape[2])
  B = lengths.size(0)
  prompt = torch.arange(P, dtype=4, device=lengths.device).expand([B, P])
  steps = torch.arange(S, dtype=4, device=lengths.device)
  completion = (lengths.unsqueeze(1) + steps).unsqueeze(1).expand([B, G, S]).reshape([B, G * S])
  return torch.cat([prompt, completion], 1)

# [B, 1, S, P + S], added to the scores of completions: 0 where step i may look at key j, else -infinity
def packed_mask(self, lengths: Tensor, shape: Tensor) -> Tensor:
  P, S = int(shape[0]), int(shape[2])
  keys = torch.arange(P + S, dtype=4, device=lengths.device)
  steps = torch.arange(S, dtype=4, device=lengths.device)
  prompt = (keys < P).unsqueeze(0) & (keys.unsqueeze(0) < lengths.unsqueeze(1))
  completion = (keys >= P).unsqueeze(0) & ((keys - P).unsqueeze(0) <= steps.unsqueeze(1))
  allowed = prompt.unsqueeze(1) | completion.unsqueeze(0)
  return torch.zeros([lengths.size(0), S, P + S], dtype=6, device=lengths.device).masked_fill(~allowed, -inf).unsqueeze(1)

# x weight^T + bias; bias may be absent
def project(self, x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
  if bias.numel() == 0:
    y = torch.linear(x, weight)
  else:
    y = torch.linear(x, weight, bias)
  return y

# queries or keys [B, N, heads, D] of x [B, N, H]: projected, normalised per head where the model does so, rotated
def rotated_heads(self, x: Tensor, weight: Tensor, bias: Tensor, norm: Tensor, epsilon: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
  heads = self.project(x, weight, bias).view([x.size(0), x.size(1), -1, 2 * cos.size(-1)])
  if norm.numel() > 0:
    heads = self.normalize(heads, norm, epsilon)
  return self.rotate(heads, cos, sin)

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

# keys or values that completions see: [B, N, heads, D] -> [B * G, P + S, heads, D]
def prompt_and_completion(self, x: Tensor, P: int, S: int) -> Tensor:
  B, N, heads, D = x.size(0), x.size(1), x.size(2), x.size(3)
  G = (N - P) // S
  prompt = x[:, :P].unsqueeze(1).expand([B, G, P, heads, D])
  completion = x[:, P:].reshape([B, G, S, heads, D])
  return torch.cat([prompt, completion], 2).reshape([B * G, P + S, heads, D])

# attention of a packed batch; q, k and v [B, N, heads, D], mask [B, 1, S, P + S] -> [B, N, heads * D]
def attend_packed(self, q: Tensor, k: Tensor, v: Tensor, mask: Tensor) -> Tensor:
  B, N, heads, D = q.size(0), q.size(1), q.size(2), q.size(3)
  S = mask.size(2)
  P = mask.size(3) - S
  G = (N - P) // S
  prompt = self.attend(q[:, :P], k[:, :P], v[:, :P], None, True)
  masks = mask.unsqueeze(1).expand([B, G, 1, S, P + S]).reshape([B * G, 1, S, P + S])
  queries = q[:, P:].reshape([B * G, S, heads, D])
  keys = self.prompt_and_completion(k, P, S)
  values = self.prompt_and_completion(v, P, S)
  completion = self.attend(queries, keys, values, masks, False).reshape([B, G * S, heads * D])
  return torch.cat([prompt, completion], 1)

# down(silu(gate x) * up x)
def feed_forward(self, x: Tensor, gate: Tensor, up: Tensor, down: Tensor) -> Tensor:
  return torch.linear(torch.silu(torch.linear(x, gate)) * torch.linear(x, up), down)

# one decoder layer over a packed batch: x [B, N, H] -> [B, N, H]
def packed_layer(self, x: Tensor, cos: Tensor, sin: Tensor, mask: Tensor, epsilon: Tensor, input_norm: Tensor, query: Tensor, query_bias: Tensor, query_norm: Tensor, key: Tensor, key_bias: Tensor, key_norm: Tensor, value: Tensor, value_bias: Tensor, output: Tensor, post_norm: Tensor, gate: Tensor, up: Tensor, down: Tensor) -> Tensor:
  h = self.normalize(x, input_norm, epsilon)
  q = self.rotated_heads(h, query, query_bias, query_norm, epsilon, cos, sin)
  k = self.rotated_heads(h, key, key_bias, key_norm, epsilon, cos, sin)
  v = self.project(h, value, value_bias).view([x.size(0), x.size(1), -1, q.size(3)])
  attended = self.attend_packed(q, self.repeat_heads(k, q.size(2)), self.repeat_heads(v, q.size(2)), mask)
  y = x + torch.linear(attended, output)
  return y + self.feed_forward(self.normalize(y, post_norm, epsilon), gate, up, down)

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

# the head: probabilities [T, V] at a temperature, log-probabilities [T] of the targets, entropies [T];
# hidden [T, H] is normalised, weight [V, H]
def head(self, hidden: Tensor, weight: Tensor, targets: Tensor, temperature: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
  logits = torch.linear(hidden, weight).to(6)
  if float(temperature) != 1.0:
    logits.div_(float(temperature))
  logprobs = torch.log_softmax(logits, -1)
  chosen = logprobs.gather(-1, targets.unsqueeze(-1)).squeeze(-1)
  probabilities = torch.exp(logprobs)
  entropies = logprobs.mul_(probabilities).sum(-1).neg()
  return (probabilities, chosen, entropies)

# the gradient of the head for derivatives [T] of the loss by the log-probabilities of the targets, by
# d logp(t) / d logit(v) = ([v = t] - p(v)) / temperature; probabilities are used up. Adds to weight_gradient [V, H],
# returns the gradient of hidden [T, H]
def head_backward(self, probabilities: Tensor, hidden: Tensor, weight: Tensor, targets: Tensor, derivatives: Tensor, temperature: Tensor, weight_gradient: Tensor) -> Tensor:
  scale = (derivatives / float(temperature)).unsqueeze(-1)
  logits_gradient = probabilities.mul_(-scale).scatter_add_(1, targets.unsqueeze(-1), scale)
  weight_gradient.addmm_(logits_gradient.t(), hidden)
  return torch.matmul(logits_gradient, weight)

# adds gradient [..., H] to the rows of embedding_gradient [V, H] that tokens [...] name
def embed_backward(self, embedding_gradient: Tensor, tokens: Tensor, gradient: Tensor) -> Tensor:
  return embedding_gradient.index_add_(0, tokens.view([-1]), gradient.view([-1, gradient.size(-1)]))
