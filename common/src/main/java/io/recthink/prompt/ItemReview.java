package io.recthink.prompt;

import java.time.Instant;

/** A review of the target item by another user, from before the time of the prediction. Unknown texts are empty. */
public record ItemReview(Instant time, double rating, String summary, String review) {}
