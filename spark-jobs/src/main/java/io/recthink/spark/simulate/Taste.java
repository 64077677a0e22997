package io.recthink.spark.simulate;

/** A user's preference for an aspect of items. */
enum Taste {
    DISLIKED(-1),
    INDIFFERENT(0),
    LIKED(1);

    private final int points;

    Taste(int points) {
        this.points = points;
    }

    /** The aspect's contribution to the match of user and item. */
    int points() {
        return points;
    }
}
