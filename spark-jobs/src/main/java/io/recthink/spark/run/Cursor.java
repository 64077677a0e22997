package io.recthink.spark.run;

/**
 * Where the next prompt comes from.
 *
 * @param epoch passes over the pool that are complete, from 0
 * @param position prompts of this epoch that were used
 */
public record Cursor(int epoch, int position) {
    public static final Cursor START = new Cursor(0, 0);
}
