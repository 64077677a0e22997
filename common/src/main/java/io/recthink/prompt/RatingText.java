package io.recthink.prompt;

import java.math.BigDecimal;

/** A rating as text: without needless decimals. */
public final class RatingText {
    private RatingText() {}

    /** The text of a finite rating: {@code 4}, {@code 3.5}. */
    public static String of(double rating) {
        return BigDecimal.valueOf(rating).stripTrailingZeros().toPlainString();
    }
}
