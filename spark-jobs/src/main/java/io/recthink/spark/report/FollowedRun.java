package io.recthink.spark.report;

import io.recthink.InvalidInputException;
import io.recthink.spark.files.LockWatch;
import io.recthink.spark.files.Owner;
import io.recthink.spark.run.Manifest;
import io.recthink.spark.run.RunFolder;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/** A run that is being written, or will be: shows it again after each new step until nobody writes it any more. */
final class FollowedRun {
    private final RunFolder folder;
    private final Duration every;
    private final Consumer<Boolean> show;
    private int shown = -1;

    /**
     * @param every time between two looks at the folder
     * @param show shows the run; the argument says whether it is still being written
     */
    FollowedRun(RunFolder folder, Duration every, Consumer<Boolean> show) {
        this.folder = folder;
        this.every = every;
        this.show = show;
    }

    /**
     * Follows the run to its end. A run that does not exist yet is waited for.
     *
     * @throws InvalidInputException when the run ends without a step with metrics
     */
    void follow() {
        LockWatch lock = folder.lock();
        boolean begun = lock.isHeld() || folder.exists();
        if (!begun) {
            System.err.printf("inspect: waiting for a run in %s%n", folder.path());
        }
        while (!begun && Owner.pause(every)) {
            begun = lock.isHeld() || folder.exists();
        }
        boolean written = begun;
        while (written) {
            written = lock.isHeld();
            Optional<Manifest> newest = folder.newest();
            boolean more = newest.isPresent()
                    && newest.get().step() > shown
                    && folder.metrics(newest.get().step()).isPresent();
            if (!written || more) {
                show.accept(written);
                shown = newest.map(Manifest::step).orElse(shown);
            }
            written = written && Owner.pause(every);
        }
        System.err.printf(
                "inspect: nobody writes %s any more; its last complete step is %d%s%n",
                folder.path(),
                shown,
                folder.stop()
                        .map(stop -> " (stopped: %s)".formatted(stop.reason()))
                        .orElse(""));
    }
}
