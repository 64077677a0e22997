# Generation: prompts are read once, their completions grow together, one token a step.
#
# B prompts, the longest of P tokens; N rows, that is completions that grow; each prompt has at most G of them. K
# key/value heads with R query heads each, D head size, H hidden size, V vocabulary, L layers. A row has its own keys and
# values, C of room for each; those of its prompt it shares with the other rows of the prompt. The caches of prompts
# [L, seats, K, longest, D] and of rows [L, seats, K, C, D] have seats; prompts and rows have the first of them. A slot is one
# of the B * G places that rows can have beside their prompts: slots [B * G] names the row in each slot (any row where the
# slot is free), places [N] the slot of each row; both are empty where row n is in slot n.
# weights: the layers' tensors in the order of Decoder.layerNames, 17 a layer, then the embedding, the final norm and
# the head; those of matrix products may be packed where rows are few.

# added to the scores of tokens first .. first + n - 1 of a prompt, [n, first + n]: 0 at keys that come no later, else -infinity
def causal_mask(self, first: int, n: int, like: Tensor) -> Tensor:
  keys = torch.arange(first + n, dtype=4, device=like.device)
  steps = keys.narrow(0, first, n)
  later = keys.unsqueeze(0) > steps.unsqueeze(1)
  return torch.zeros([n, first + n], dtype=6, device=like.device).masked_fill(later, -inf)

# cos and sin of positions 0 .. count - 1, [2, count, D / 2]: taking them from a table is much faster than computing them for
# each token
def rotary_table(self, count: Tensor, frequencies: Tensor) -> Tensor:
  positions = torch.arange(int(count), dtype=4, device=frequencies.device).unsqueeze(0)
  cos, sin = self.rotary(positions, frequencies)
  return torch.stack([cos.view([-1, frequencies.size(0)]), sin.view([-1, frequencies.size(0)])])

# cos and sin [b, n, 1, D / 2] at positions [b, n]
def rotary_at(self, table: Tensor, positions: Tensor) -> Tuple[Tensor, Tensor]:
  shape = [positions.size(0), positions.size(1), 1, table.size(2)]
  flat = positions.reshape([-1])
  return (table.select(0, 0).index_select(0, flat).view(shape), table.select(0, 1).index_select(0, flat).view(shape))

# zeros of five lengths in BF16
def bfloat16_cache(self, lengths: Tensor) -> Tensor:
  shape = [int(lengths[0]), int(lengths[1]), int(lengths[2]), int(lengths[3]), int(lengths[4])]
  return torch.zeros(shape, dtype=15)

# reads tokens done .. done + p - 1 of the b prompts in seats first .. first + b - 1: tokens [b, p], last [b] the flat
# positions of their last tokens. Fills keys and values; returns the normalised hidden states [b, H] at last
def prefill(self, weights: List[Tensor], tokens: Tensor, last: Tensor, first: Tensor, done: Tensor, rotary: Tensor, epsilon: Tensor, keys: Tensor, values: Tensor) -> Tensor:
  b, p, start, before = tokens.size(0), tokens.size(1), int(first), int(done)
  cos, sin = self.rotary_at(rotary, torch.arange(before, before + p, dtype=4, device=tokens.device).unsqueeze(0))
  x = self.embed(weights[-3], tokens)
  for i in range(len(weights) // 17):
    w = weights[17 * i:17 * i + 17]
    heads = w[5].size(1) // keys.size(4)
    normalized = self.normalize(x, w[0], epsilon)
    projected = self.adapt(self.project(normalized, w[1], w[2]), normalized, w[9], w[10])
    q, k, v = self.attention_heads(projected, heads, w[3], w[4], epsilon, cos, sin)
    prompt_keys = keys.select(0, i).narrow(0, start, b).narrow(2, 0, before + p)
    prompt_values = values.select(0, i).narrow(0, start, b).narrow(2, 0, before + p)
    prompt_keys.narrow(2, before, p).copy_(k.transpose(1, 2))
    prompt_values.narrow(2, before, p).copy_(v.transpose(1, 2))
    if before == 0:
      attended = self.attend(q, self.repeat_heads(k, heads), self.repeat_heads(v, heads), None, True)
    else:
      all_keys = self.repeat_heads(prompt_keys.transpose(1, 2).type_as(q), heads)
      all_values = self.repeat_heads(prompt_values.transpose(1, 2).type_as(q), heads)
      attended = self.attend(q, all_keys, all_values, self.causal_mask(before, p, x), False)
    x = x + self.adapt(torch.linear(attended, w[5]), attended, w[11], w[12])
    x = x + self.feed_forward(self.normalize(x, w[6], epsilon), w[7], w[8], w[13], w[14], w[15], w[16])
  return self.normalize(self.select(x, last), weights[-2], epsilon)

# x weight^T [N, O] of few rows x [N, I], the weight packed or not. One that is not is read as it lies for weight x^T, where
# x weight^T would first turn it around
def linear_of_rows(self, x: Tensor, weight: Tensor) -> Tensor:
  if ops.prim.is_mkldnn(weight):
    y = self.packed_linear(x.to(weight.dtype).contiguous(), weight)
  else:
    y = torch.mm(weight, x.to(weight.dtype).t()).t()
  return y

# adapt of few rows
def adapt_rows(self, y: Tensor, x: Tensor, a: Tensor, b: Tensor) -> Tensor:
  if a.numel() > 0:
    y = y + torch.mm(b, torch.mm(a, x.type_as(a).t())).t()
  return y

# x weight^T + bias of few rows, with an adapter or without
def project_rows(self, x: Tensor, weight: Tensor, bias: Tensor, a: Tensor, b: Tensor) -> Tensor:
  y = self.adapt_rows(self.linear_of_rows(x, weight), x, a, b)
  if bias.numel() > 0:
    y = y + bias
  return y.contiguous()

# feed_forward of few rows
def feed_forward_rows(self, x: Tensor, gate_up: Tensor, down: Tensor, gate_up_a: Tensor, gate_up_b: Tensor, down_a: Tensor, down_b: Tensor) -> Tensor:
  gate, up = torch.chunk(self.adapt_rows(self.linear_of_rows(x, gate_up), x, gate_up_a, gate_up_b), 2, 1)
  activated = torch.silu(gate) * up
  return self.adapt_rows(self.linear_of_rows(activated, down), activated, down_a, down_b)

# logits of few rows; see logits
def logits_of_rows(self, hidden: Tensor, weight: Tensor) -> Tensor:
  if weight.dtype == 6:
    y = self.linear_of_rows(hidden, weight)
  else:
    x = hidden.to(weight.dtype)
    rounded = self.linear_of_rows(x, weight)
    y = rounded.to(6)
    if ops.prim.is_mkldnn(weight):
      rest = self.packed_linear_added(rounded.neg_(), x, weight)
    else:
      rest = torch.addmm(rounded.neg_().t(), weight, x.t()).t()
    y = y.add_(rest)
  return y.contiguous()

# rows [N, K, R, X] -> slots [B * K, G * R, X]
def to_slots(self, x: Tensor, slots: Tensor, B: int) -> Tensor:
  K, R, X = x.size(1), x.size(2), x.size(3)
  if slots.numel() > 0:
    x = x.index_select(0, slots)
  G = x.size(0) // B
  return x.view([B, G, K, R, X]).transpose(1, 2).reshape([B * K, G * R, X])

# slots [B * K, G * R, X] -> rows [N, K, R, X]
def from_slots(self, x: Tensor, places: Tensor, B: int, R: int) -> Tensor:
  K, G, X = x.size(0) // B, x.size(1) // R, x.size(2)
  rows = x.reshape([B, K, G, R, X]).transpose(1, 2).reshape([B * G, K, R, X])
  if places.numel() > 0:
    rows = rows.index_select(0, places)
  return rows

# each row attends to its prompt and to itself, in FP32: q [N, K, R, D]; prompt_keys and prompt_values [B, K, P, D] with
# prompt_mask [B, 1, P], keys and values [N, K, S, D] with mask [N, 1, 1, S], the masks 0 at tokens and -infinity behind
# them -> [N, K * R * D]. The rows of a prompt meet its keys in one matrix product a key/value head
def attend_rows(self, q: Tensor, prompt_keys: Tensor, prompt_values: Tensor, prompt_mask: Tensor, keys: Tensor, values: Tensor, mask: Tensor, slots: Tensor, places: Tensor) -> Tensor:
  N, K, R, D = q.size(0), q.size(1), q.size(2), q.size(3)
  B, P, S = prompt_keys.size(0), prompt_keys.size(2), keys.size(2)
  scaled = q * D ** -0.5
  to_prompt = torch.bmm(self.to_slots(scaled, slots, B), prompt_keys.view([B * K, P, D]).transpose(1, 2))
  masked = to_prompt.view([B, -1, P]).add_(prompt_mask).view(to_prompt.size())
  to_self = self.to_slots(torch.matmul(scaled, keys.transpose(2, 3)).add_(mask), slots, B)
  shares = torch.softmax(torch.cat([masked, to_self], 2), -1)
  of_prompt = self.from_slots(torch.bmm(shares.narrow(2, 0, P), prompt_values.view([B * K, P, D])), places, B, R)
  of_self = torch.matmul(self.from_slots(shares.narrow(2, P, S), places, B, R), values)
  return (of_prompt + of_self).reshape([N, -1])

# attend_rows with keys and values in BF16, the sums in FP32, on the processor: both parts by themselves, and the mean of
# their results by the sums of their exponentials, whose logarithms the attention returns: a / (a + b) = sigmoid(log a - log b).
# What a row gets must not depend on how many rows there are: the products of a few queries round differently, so there are
# always whole blocks of 8; and a single FP32 sigmoid rounds differently from one of many, which in FP64 is no matter
def attend_parts(self, q: Tensor, prompt_keys: Tensor, prompt_values: Tensor, prompt_mask: Tensor, keys: Tensor, values: Tensor, mask: Tensor, slots: Tensor, places: Tensor) -> Tensor:
  N, K, R, D = q.size(0), q.size(1), q.size(2), q.size(3)
  B, P = prompt_keys.size(0), prompt_keys.size(2)
  queries = self.to_slots(q, slots, B).view([B, K, -1, D])
  count = queries.size(2)
  whole = torch.constant_pad_nd(queries, [0, 0, 0, -count % 8])
  prompts, prompt_sums = torch._scaled_dot_product_flash_attention_for_cpu(whole, prompt_keys, prompt_values, 0., False, attn_mask=prompt_mask.view([B, 1, 1, P]))
  of_self, self_sums = torch._scaled_dot_product_flash_attention_for_cpu(q, keys, values, 0., False, attn_mask=mask)
  of_prompt = self.from_slots(prompts.narrow(2, 0, count).reshape([B * K, -1, D]), places, B, R)
  sums = self.from_slots(prompt_sums.narrow(2, 0, count).reshape([B * K, -1, 1]), places, B, R)
  share = torch.sigmoid((sums - self_sums.reshape([N, K, R, 1])).to(7)).to(6)
  return torch.lerp(of_self.to(6), of_prompt.to(6), share).to(15).reshape([N, -1])

# as many keys of rows as the attention is given where needed ones are there: see Weights.padded
def own_keys(self, needed: int, keys: Tensor) -> int:
  if keys.dtype == 15:
    needed = (needed + 15) // 16 * 16
  return needed

# one step: the last token of each row at its position goes through the model, behind the row's cached tokens, all [N]; its
# keys and values go into the cache, and the next tokens are sampled: see sample
def decode(self, weights: List[Tensor], tokens: Tensor, positions: Tensor, cached: Tensor, rotary: Tensor, epsilon: Tensor, prompt_keys: Tensor, prompt_values: Tensor, prompt_mask: Tensor, keys: Tensor, values: Tensor, slots: Tensor, places: Tensor, temperature: Tensor, top_p: Tensor, uniforms: Tensor, given: Tensor) -> Tensor:
  N, K, D, B, P = tokens.size(0), keys.size(2), keys.size(4), prompt_mask.size(0), prompt_mask.size(2)
  S = self.own_keys(int(cached.max()) + 1, keys)
  heads = torch.arange(N * K, dtype=4, device=tokens.device).view([N, K])
  place = (heads * keys.size(3) + cached.unsqueeze(1)).view([-1])
  later = torch.arange(S, dtype=4, device=tokens.device).unsqueeze(0) > cached.unsqueeze(1)
  mask = torch.zeros([N, S], dtype=6, device=tokens.device).masked_fill(later, -inf).view([N, 1, 1, S])
  cos, sin = self.rotary_at(rotary, positions.unsqueeze(1))
  x = self.embed(weights[-3], tokens)
  for i in range(len(weights) // 17):
    w = weights[17 * i:17 * i + 17]
    projected = self.project_rows(self.normalize(x, w[0], epsilon), w[1], w[2], w[9], w[10]).unsqueeze(1)
    q, k, v = self.attention_heads(projected, w[5].size(1) // D, w[3], w[4], epsilon, cos, sin)
    keys.select(0, i).view([-1, D]).index_copy_(0, place, k.reshape([-1, D]).type_as(keys))
    values.select(0, i).view([-1, D]).index_copy_(0, place, v.reshape([-1, D]).type_as(values))
    own_keys = keys.select(0, i).narrow(0, 0, N).narrow(2, 0, S)
    own_values = values.select(0, i).narrow(0, 0, N).narrow(2, 0, S)
    its_keys = prompt_keys.select(0, i).narrow(0, 0, B).narrow(2, 0, P)
    its_values = prompt_values.select(0, i).narrow(0, 0, B).narrow(2, 0, P)
    queries = q.reshape([N, K, -1, D]).type_as(keys)
    if keys.dtype == 15:
      attended = self.attend_parts(queries, its_keys, its_values, prompt_mask, own_keys, own_values, mask, slots, places)
    else:
      attended = self.attend_rows(queries, its_keys, its_values, prompt_mask, own_keys, own_values, mask, slots, places)
    x = x + self.adapt_rows(self.linear_of_rows(attended, w[5]), attended, w[11], w[12])
    x = x + self.feed_forward_rows(self.normalize(x, w[6], epsilon), w[7], w[8], w[13], w[14], w[15], w[16])
  return self.sample(self.logits_of_rows(self.normalize(x, weights[-2], epsilon), weights[-1]), temperature, top_p, uniforms, given)

# the first tokens: hidden [B, H] of the prompts' last tokens, head [V, H], prompts [N] of the rows; see sample
def sample_first(self, hidden: Tensor, head: Tensor, prompts: Tensor, temperature: Tensor, top_p: Tensor, uniforms: Tensor, given: Tensor) -> Tensor:
  return self.sample(self.logits_of_rows(hidden, head).index_select(0, prompts), temperature, top_p, uniforms, given)

# one token a row from logits [N, V]: [2, N] in double precision, the tokens and their log-probabilities under
# softmax(logits / temperature). Temperature 0: the likeliest token, and its log-probability at temperature 1. Where the
# tokens are given [N], they are taken; empty: they are sampled
def sample(self, logits: Tensor, temperature: Tensor, top_p: Tensor, uniforms: Tensor, given: Tensor) -> Tensor:
  t = float(temperature)
  if t != 0. and t != 1.:
    logits = logits / t
  shifted = logits - logits.amax([1], True)
  weights = torch.exp(shifted)
  if given.numel() > 0:
    chosen = given
    total = weights.sum([1], False, dtype=7)
  elif t == 0.:
    chosen = torch.argmax(logits, -1)
    total = weights.sum([1], False, dtype=7)
  else:
    chosen, total = self.draw(weights, float(top_p), uniforms)
  logprobs = shifted.gather(1, chosen.unsqueeze(1)).squeeze(1).to(7) - torch.log(total)
  return torch.stack([chosen.to(7), logprobs])

# the first token whose share of the cumulative weight passes the row's uniform number [N] (inverse transform sampling),
# and the sum of all weights; weights [N, V] are proportional to the probabilities
def draw(self, weights: Tensor, top_p: float, uniforms: Tensor) -> Tuple[Tensor, Tensor]:
  V = weights.size(1)
  cumulative = torch.cumsum(weights, -1, dtype=7)
  total = cumulative.narrow(1, V - 1, 1)
  if top_p < 1.:
    drawn_from = torch.cumsum(self.nucleus(weights / total.to(6), top_p), -1, dtype=7)
  else:
    drawn_from = cumulative
  thresholds = drawn_from.narrow(1, V - 1, 1) * uniforms.unsqueeze(1)
  chosen = torch.searchsorted(drawn_from, thresholds, right=True).squeeze(1).clamp_max(V - 1)
  return (chosen, total.squeeze(1))

# probabilities [N, V] with 0 for all but the likeliest tokens that together reach top_p (and those that tie with the
# least likely of them). Sorting the whole vocabulary would take longer than the model; the 256 likeliest nearly always
# reach top_p
def nucleus(self, probabilities: Tensor, top_p: float) -> Tensor:
  V = probabilities.size(1)
  k = min(V, 256)
  sorted = torch.topk(probabilities, k)[0]
  while k < V and bool((sorted.sum(1) < top_p).any()):
    k = min(V, 16 * k)
    sorted = torch.topk(probabilities, k)[0]
  before = torch.cumsum(sorted, 1, dtype=7) - sorted
  count = (before < top_p).sum(1, keepdim=True)
  least = sorted.gather(1, count - 1)
  return probabilities.masked_fill(probabilities < least, 0.)

# the first length tokens in some seats of a cache are copied to other seats
def move_seats(self, cache: Tensor, from_seats: Tensor, to_seats: Tensor, length: Tensor) -> Tensor:
  tokens = cache.narrow(3, 0, int(length))
  return tokens.index_copy_(1, to_seats, tokens.index_select(1, from_seats))

# what is in the first seats of a cache is copied to a cache with room for more tokens
def copy_seats(self, cache: Tensor, larger: Tensor, seats: Tensor) -> Tensor:
  n = int(seats)
  return larger.narrow(1, 0, n).narrow(3, 0, cache.size(3)).copy_(cache.narrow(1, 0, n))
