package io.recthink.prompt;

import java.time.Instant;

/** A past purchase of the user with its rating and review. Unknown texts are empty. */
public record ReviewedItem(Item item, Instant time, double rating, String summary, String review) {}
