# Networks that read reviews: DeepCoNN, NARRE, DAML.
#
# B rows of a batch; R texts (documents or single reviews) padded at their ends to W places; E word dimension, K filters, n
# latent size. A batch has U different words, the first of them padding: unique [U] are their places in the table of words
# [vocabulary, E], and a text [W] names its words by their places in unique. The convolution of a text is a sum of rows of a
# table that has what each of the U words adds to a window: fewer products than the convolution of the text itself.
# A tensor without elements stands for a dropout that is off; else it has 0 or 1 / (1 - probability).

# what each word of the batch adds to a window in each of the d places of the window, [U * d, K]; weight [K, E, d]. Padding adds
# nothing, and learns nothing
def word_table(self, words: Tensor, unique: Tensor, weight: Tensor) -> Tensor:
  known = words.index_select(0, unique.narrow(0, 1, unique.size(0) - 1))
  x = torch.cat([torch.zeros([1, words.size(1)], dtype=6, device=words.device), known])
  filters = weight.permute([2, 0, 1]).reshape([-1, weight.size(1)])
  return torch.mm(x, filters.t()).view([-1, weight.size(0)])

# for each text and filter the first of its largest windows, [R, K]; the first windows [R] of a text count
def winning_windows(self, words: Tensor, weight: Tensor, unique: Tensor, texts: Tensor, windows: Tensor) -> Tensor:
  table = self.word_table(words, unique, weight)
  n = texts.size(1) - 2
  rows = texts * 3
  places = torch.stack([rows.narrow(1, 0, n), rows.narrow(1, 1, n) + 1, rows.narrow(1, 2, n) + 2], -1)
  offsets = torch.arange(0, places.numel(), 3, dtype=4, device=texts.device)
  sums, _0, _1, _2 = torch.embedding_bag(table, places.view([-1]), offsets)
  beyond = torch.arange(n, dtype=4, device=texts.device).unsqueeze(0) >= windows.unsqueeze(1)
  largest, winners = torch.max(sums.view([-1, n, table.size(1)]).masked_fill(beyond.unsqueeze(2), -inf), 1)
  return winners

# the winning windows after ReLU, [R, K]; 0 where no window counts
def text_features(self, words: Tensor, weight: Tensor, bias: Tensor, unique: Tensor, texts: Tensor, windows: Tensor, winners: Tensor) -> Tensor:
  table = self.word_table(words, unique, weight)
  filters = table.size(1)
  filter = torch.arange(filters, dtype=4, device=texts.device)
  x = bias + torch.take(table, torch.gather(texts, 1, winners) * (3 * filters) + filter)
  x = x + torch.take(table, (torch.gather(texts, 1, winners + 1) * 3 + 1) * filters + filter)
  x = x + torch.take(table, (torch.gather(texts, 1, winners + 2) * 3 + 2) * filters + filter)
  return torch.relu(x) * (windows > 0).unsqueeze(1)

# x, or x times a dropout
def dropped(self, x: Tensor, dropout: Tensor) -> Tensor:
  if dropout.numel() > 0:
    x = x * dropout
  return x

# the interactions of a factorisation machine, one a column of v, [B, k]
def interactions(self, x: Tensor, v: Tensor) -> Tensor:
  return (torch.pow(torch.mm(x, v), 2) - torch.mm(torch.pow(x, 2), torch.pow(v, 2))) / 2

# one scalar of the user and one of the item, [B]
def id_scalars(self, users: Tensor, items: Tensor, user: Tensor, item: Tensor) -> Tensor:
  return users.index_select(0, user) + items.index_select(0, item)

# DeepCoNN: predictions [B] from the features of both documents [B, K]
def deepconn_head(self, user: Tensor, item: Tensor, user_weight: Tensor, user_bias: Tensor, item_weight: Tensor, item_bias: Tensor, w0: Tensor, w: Tensor, v: Tensor, dropout: Tensor) -> Tensor:
  x = [torch.linear(user, user_weight, user_bias), torch.linear(item, item_weight, item_bias)]
  z = torch.relu(torch.cat(x, 1))
  f = self.dropped(self.interactions(z, v), dropout)
  return w0 + torch.mv(z, w) + torch.sum(f, [1])

# NARRE, one side: latent vectors [B, n] and attention [B, S] of at most S reviews a row. Features [R, K] belong to the slots
# places [R] of all B * S + 1; the last slot is nobody's. Counterparts [B, S] are whom the reviews are about or by; there
# [B, S] is 1 where a slot counts
def narre_side(self, features: Tensor, places: Tensor, counterparts: Tensor, there: Tensor, ids: Tensor, review_ids: Tensor, review: Tensor, id: Tensor, bias: Tensor, v: Tensor, weight: Tensor, linear_bias: Tensor, id_vectors: Tensor, dropout: Tensor) -> Tuple[Tensor, Tensor]:
  b, s = there.size(0), there.size(1)
  slots = torch.zeros([b * s + 1, features.size(1)], dtype=6, device=features.device).index_copy(0, places, features)
  o = slots.narrow(0, 0, b * s).view([b, s, features.size(1)])
  e = torch.relu(review_ids.index_select(0, counterparts.view([-1]))).view([b, s, review_ids.size(1)])
  score = torch.matmul(torch.relu(torch.linear(o, review, bias) + torch.linear(e, id)), v)
  alpha = torch.softmax(score.masked_fill(there == 0, -1e30), 1) * there
  total = self.dropped(torch.bmm(alpha.unsqueeze(1), o).squeeze(1), dropout)
  return (torch.linear(total, weight, linear_bias) + id_vectors.index_select(0, ids), alpha)

# NARRE: predictions [B] from both latent vectors and the scalars of the ids
def narre_head(self, user: Tensor, item: Tensor, scalars: Tensor, w: Tensor, mu: Tensor, dropout: Tensor) -> Tensor:
  return torch.mv(self.dropped(torch.relu(user * item), dropout), w) + scalars + mu

# DAML: the gates of all places of documents, [B, W]: how much a word counts, from its neighbourhood of five
def daml_gates(self, words: Tensor, weight: Tensor, bias: Tensor, unique: Tensor, texts: Tensor) -> Tensor:
  w = texts.size(1)
  near = torch.constant_pad_nd(texts, [2, 2], 0) * 5
  scores = self.word_table(words, unique, weight).view([-1])
  score = bias + torch.take(scores, near.narrow(1, 0, w))
  for j in range(1, 5):
    score = score + torch.take(scores, near.narrow(1, j, w) + j)
  return torch.sigmoid(score)

# DAML: the convolution of words times their gates, without its bias, [B, W, K], from the table [U * 3, K] of word_table. One row
# after the other stays in the processor's cache
def daml_convolution(self, table: Tensor, gates: Tensor, texts: Tensor) -> Tensor:
  b, w, filters = texts.size(0), texts.size(1), table.size(1)
  adds = table.view([-1, 3 * filters])
  features = torch.zeros([b, w, filters], dtype=6, device=table.device)
  lengths = torch.sum(texts > 0, [1])
  for i in range(b):
    n = int(lengths[i])
    if n > 0:
      y = torch.mul_(adds.index_select(0, texts.select(0, i).narrow(0, 0, n)), gates.select(0, i).narrow(0, 0, n).unsqueeze(1))
      f, behind = features.select(0, i), min(n, w - 1)
      f.narrow(0, 0, n).add_(y.narrow(1, filters, filters))
      f.narrow(0, 1, behind).add_(y.narrow(0, 0, behind).narrow(1, 0, filters))
      f.narrow(0, 0, n - 1).add_(y.narrow(0, 1, n - 1).narrow(1, 2 * filters, filters))
  return features

# DAML: the gradients of the table and of the gates from that of the convolution
def daml_convolution_backward(self, table: Tensor, gates: Tensor, texts: Tensor, slopes: Tensor) -> Tuple[Tensor, Tensor]:
  w, filters = texts.size(1), table.size(1)
  adds = table.view([-1, 3 * filters])
  table_gradient, gate_gradient = torch.zeros_like(adds), torch.zeros_like(gates)
  lengths = torch.sum(texts > 0, [1])
  for i in range(texts.size(0)):
    n = int(lengths[i])
    if n > 0:
      s, behind = slopes.select(0, i), min(n, w - 1)
      places = texts.select(0, i).narrow(0, 0, n)
      g = torch.zeros([n, 3 * filters], dtype=6, device=table.device)
      g.narrow(0, 0, behind).narrow(1, 0, filters).copy_(s.narrow(0, 1, behind))
      g.narrow(1, filters, filters).copy_(s.narrow(0, 0, n))
      g.narrow(0, 1, n - 1).narrow(1, 2 * filters, filters).copy_(s.narrow(0, 0, n - 1))
      gate_gradient.select(0, i).narrow(0, 0, n).copy_(torch.sum(adds.index_select(0, places) * g, [1]))
      table_gradient.index_add_(0, places, torch.mul_(g, gates.select(0, i).narrow(0, 0, n).unsqueeze(1)))
  return (table_gradient.view_as(table), gate_gradient)

# DAML: squared distances of the places of two documents, [W of x, W of y], at least 1e-8; x and y [W, K]
def daml_squares(self, x: Tensor, y: Tensor) -> Tensor:
  own = torch.sum(torch.pow(x, 2), [1]).unsqueeze(1) + torch.sum(torch.pow(y, 2), [1]).unsqueeze(0)
  return torch.clamp_(torch.addmm(own, x, y.t(), alpha=-2.), 1e-08)

# DAML: similarities 1 / (1 + distance), [W of x, W of y]
def daml_similarity(self, x: Tensor, y: Tensor) -> Tensor:
  return torch.reciprocal_(torch.add_(torch.sqrt_(self.daml_squares(x, y)), 1.))

# DAML: the weights of the places of both documents, [B, W] each: sums of similarities to the words of the other; behind the end of a
# document 0. One row after the other: its similarities stay in the processor's cache
def daml_attention(self, x: Tensor, y: Tensor, x_texts: Tensor, y_texts: Tensor) -> Tuple[Tensor, Tensor]:
  x_sums = torch.zeros([x.size(0), x.size(1)], dtype=6, device=x.device)
  y_sums = torch.zeros([y.size(0), y.size(1)], dtype=6, device=x.device)
  x_lengths, y_lengths = torch.sum(x_texts > 0, [1]), torch.sum(y_texts > 0, [1])
  for i in range(x.size(0)):
    n, m = int(x_lengths[i]), int(y_lengths[i])
    a = self.daml_similarity(x.select(0, i).narrow(0, 0, n), y.select(0, i).narrow(0, 0, m))
    x_sums.select(0, i).narrow(0, 0, n).copy_(torch.sum(a, [1]))
    y_sums.select(0, i).narrow(0, 0, m).copy_(torch.sum(a, [0]))
  return (x_sums, y_sums)

# DAML: the gradients of both documents' features [B, W, K] from those of their weights [B, W]. With s the squared distance, d its
# root and a = 1 / (1 + d), the weights have da / ds = - a a / (2 d); none where s is clamped
def daml_attention_backward(self, x: Tensor, y: Tensor, x_texts: Tensor, y_texts: Tensor, x_slopes: Tensor, y_slopes: Tensor) -> Tuple[Tensor, Tensor]:
  x_gradient, y_gradient = torch.zeros_like(x), torch.zeros_like(y)
  x_lengths, y_lengths = torch.sum(x_texts > 0, [1]), torch.sum(y_texts > 0, [1])
  for i in range(x.size(0)):
    n, m = int(x_lengths[i]), int(y_lengths[i])
    u, v = x.select(0, i).narrow(0, 0, n), y.select(0, i).narrow(0, 0, m)
    g = x_slopes.select(0, i).narrow(0, 0, n).unsqueeze(1) + y_slopes.select(0, i).narrow(0, 0, m).unsqueeze(0)
    du, dv = self.daml_slopes(u, v, g)
    x_gradient.select(0, i).narrow(0, 0, n).copy_(du)
    y_gradient.select(0, i).narrow(0, 0, m).copy_(dv)
  return (x_gradient, y_gradient)

# DAML: the gradients of features x and y [W, K] from those of their similarities g [W of x, W of y]
def daml_slopes(self, x: Tensor, y: Tensor, g: Tensor) -> Tuple[Tensor, Tensor]:
  squares = self.daml_squares(x, y)
  clamped = squares <= 1e-08
  d = torch.sqrt_(squares)
  one = torch.add(d, 1.)
  s = torch.div(torch.neg(g), torch.mul_(torch.mul_(one, one), d)).masked_fill_(clamped, 0.)
  dx = torch.mul(x, torch.sum(s, [1]).unsqueeze(1)) - torch.mm(s, y)
  dy = torch.mul(y, torch.sum(s, [0]).unsqueeze(1)) - torch.mm(s.t(), x)
  return (dx, dy)

# DAML, one side: text vectors [B, n]. Local pooling, abstract convolution and its average over length - 2 windows are linear: the
# average of the convolution is the convolution of averages. Places behind W add nothing
def daml_text(self, features: Tensor, attention: Tensor, length: Tensor, weight: Tensor, bias: Tensor, linear_weight: Tensor, linear_bias: Tensor) -> Tensor:
  w = features.size(1)
  x = features * attention.unsqueeze(2)
  local = x + torch.constant_pad_nd(x.narrow(1, 0, w - 1), [0, 0, 1, 0], 0) + torch.constant_pad_nd(x.narrow(1, 1, w - 1), [0, 0, 0, 1], 0)
  n = int(length) - 2
  sums = [torch.sum(local.narrow(1, 0, min(n, w)), [1])]
  for d in range(1, 3):
    sums = torch.add(sums, [torch.sum(local.narrow(1, d, min(n, w - d)), [1])])
  average = torch.mm(torch.stack(sums, 2).flatten(1), weight.flatten(1).t()) / n + bias
  return torch.relu(torch.linear(average, linear_weight, linear_bias))

# DAML: the vector of both texts and both ids, [B, 4 n], after dropout
def daml_vector(self, user: Tensor, item: Tensor, users: Tensor, items: Tensor, user_ids: Tensor, item_ids: Tensor, dropout: Tensor) -> Tensor:
  x = [user, users.index_select(0, user_ids), item, items.index_select(0, item_ids)]
  return self.dropped(torch.cat(x, 1), dropout)

# DAML: predictions [B] of the neural factorisation machine
def daml_head(self, x: Tensor, v: Tensor, mlp: Tensor, mlp_bias: Tensor, h: Tensor, w: Tensor, w0: Tensor, dropout: Tensor) -> Tensor:
  hidden = self.dropped(torch.relu(torch.linear(self.interactions(x, v), mlp, mlp_bias)), dropout)
  return torch.mv(hidden, h) + self.daml_line(x, w, w0)

# DAML: predictions [B] of the linear head
def daml_line(self, x: Tensor, w: Tensor, w0: Tensor) -> Tensor:
  return torch.mv(x, w) + w0

# one step of Adam in place on a parameter and its moments: m = m + (1 - beta1) (g - m), v = v + (1 - beta2) (g g - v),
# parameter = parameter - rate m / (sqrt(v) + epsilon), where g is the gradient + decay * parameter. Rate and epsilon contain the
# corrections for the start. Settings: rate, 1 - beta1, 1 - beta2, epsilon, decay. Pieces that stay in a processor's cache are
# several times as fast as whole tensors
def adam(self, parameter: Tensor, gradient: Tensor, m: Tensor, v: Tensor, settings: Tensor) -> Tensor:
  rate, first, second = float(settings[0]), float(settings[1]), float(settings[2])
  epsilon, decay = float(settings[3]), float(settings[4])
  n, piece = parameter.numel(), 32768
  for i in range((n + piece - 1) // piece):
    start = i * piece
    size = min(piece, n - start)
    p = parameter.view([-1]).narrow(0, start, size)
    g = gradient.reshape([-1]).narrow(0, start, size)
    if decay != 0.:
      g = torch.add(g, p, alpha=decay)
    a = torch.lerp_(m.view([-1]).narrow(0, start, size), g, first)
    b = torch.addcmul_(torch.mul_(v.view([-1]).narrow(0, start, size), 1. - second), g, g, value=second)
    p1 = torch.addcdiv_(p, a, torch.add_(torch.sqrt(b), epsilon), value=-rate)
  return parameter
