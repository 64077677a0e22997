package io.recthink.spark.simulate;

/** What an aspect of an item is to a user. */
enum Taste {
    DISLIKED(-1),
    INDIFFERENT(0),
    LIKED(1);

    private final int points;

    Taste(int points) {
        this.points = points;
    }

    /** What the aspect adds to the match of user and item. */
    int points() {
        return points;
    }
}
