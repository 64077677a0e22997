package io.recthink.prompt;

import java.time.Instant;

/** What another user wrote about the target item before the time of the prediction. Unknown texts are empty. */
public record ItemReview(Instant time, double rating, String summary, String review) {}
