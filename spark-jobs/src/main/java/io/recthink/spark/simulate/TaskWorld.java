package io.recthink.spark.simulate;

import java.io.Serializable;
import java.util.stream.Stream;

/** The world of a simulation inside a task, created on first use: only seed and settings are serialized. */
final class TaskWorld implements Serializable {
    private static final long serialVersionUID = 1;

    private final Simulation simulation;
    private transient World world;
    private transient Skew skew;

    TaskWorld(Simulation simulation) {
        this.simulation = simulation;
    }

    World world() {
        if (world == null) {
            world = simulation.world();
            skew = new Skew(simulation.settings());
        }
        return world;
    }

    /** The reviews of a user. */
    Stream<World.Review> reviews(int user) {
        return simulation.settings().skewed() ? world().reviews(user, skew) : world().reviews(user).stream();
    }
}
