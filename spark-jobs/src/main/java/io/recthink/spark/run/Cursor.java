package io.recthink.spark.run;

/**
 * The position of the next prompt.
 *
 * @param epoch number of complete passes over the pool, from 0
 * @param position number of used prompts of this epoch
 */
public record Cursor(int epoch, int position) {
    public static final Cursor START = new Cursor(0, 0);
}
