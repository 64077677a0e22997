package io.recthink.spark.baseline.mf;

import io.recthink.Seeds;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.hadoop.fs.Path;
import org.apache.spark.HashPartitioner;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.storage.StorageLevel;
import scala.Tuple2;

/**
 * The training of one factorisation: distributed stochastic gradient descent in strata (Gemulla, Nijkamp, Haas and
 * Sismanis 2011, Large-scale matrix factorization with distributed stochastic gradient descent).
 *
 * <p>An epoch has one pass per item block. In a pass each user block works on the ratings of a different item block, so
 * that no two tasks change the same factors. Then each item block moves to another user block; the user blocks stay.
 * Within a pass a task visits its ratings one by one, in an order drawn from the seed, the epoch and the two blocks.
 * With one block this is plain stochastic gradient descent. The result depends only on the ratings, the settings, the
 * seed and the number of blocks. It does not depend on executors, retries or other jobs.
 *
 * <p>The validation ratings of two blocks are scored right after the pass over their train ratings. With one block this
 * is at the end of each epoch, with several blocks during the epoch.
 *
 * <p>The executors keep only the factors of the last pass. Every {@value #CHECKPOINT_EPOCHS} epochs Spark writes them
 * to the checkpoint folder of the Spark context, if it has one. So a lost executor costs at most
 * {@value #CHECKPOINT_EPOCHS} epochs, and no job has a longer history.
 */
final class Training implements AutoCloseable {
    /** The number of epochs that one block trains in a single task before the driver reads their losses. */
    private static final int EPOCHS_AT_ONCE = 5;

    private static final int CHECKPOINT_EPOCHS = 5;

    private final BlockedRatings ratings;
    private final Descent descent;
    private final long seed;
    private JavaRDD<BlockState> states;
    private Optional<JavaRDD<BlockState>> kept = Optional.empty();
    private Optional<String> saved = Optional.empty();
    private int epoch;

    Training(BlockedRatings ratings, Descent descent, long seed) {
        this.ratings = ratings;
        this.descent = descent;
        this.seed = seed;
        int[] users = ratings.users().sizes();
        int[] items = ratings.items().sizes();
        this.states = ratings.blocks().map(rated -> start(rated.block(), users, items, descent, seed));
    }

    private static BlockState start(int block, int[] users, int[] items, Descent descent, long seed) {
        int d = descent.setting().factors();
        float centre = descent.prediction().centre();
        return new BlockState(
                block,
                Factors.start(users[block], d, centre, Seeds.of(seed, 0, "mf users", block)),
                block,
                Factors.start(items[block], d, centre, Seeds.of(seed, 0, "mf items", block)));
    }

    /** The smallest useful number of epochs for {@link #advance}: fewer epochs also need a whole job. */
    int epochsAtOnce() {
        return ratings.sides() == 1 ? EPOCHS_AT_ONCE : 1;
    }

    /**
     * Trains more epochs.
     *
     * @return the mean validation loss of each epoch; 0 when there are no validation ratings
     */
    List<Double> advance(int epochs) {
        List<Double> losses = new ArrayList<>();
        for (int left = epochs; left > 0; left -= epochsAtOnce()) {
            double[] sums = ratings.sides() == 1 ? epochsOfOneBlock(Math.min(left, EPOCHS_AT_ONCE)) : epochOfBlocks();
            Arrays.stream(sums)
                    .map(sum -> sum / Math.max(1, ratings.validationRows()))
                    .forEach(losses::add);
        }
        return losses;
    }

    /** The states after the last epoch: partition p contains user block p and item block p. */
    JavaRDD<BlockState> states() {
        return states;
    }

    private double[] epochsOfOneBlock(int epochs) {
        for (int i = 0; i < epochs; i++) {
            epoch++;
            pass();
        }
        double[] sums = look(true);
        states = states.map(BlockState::looked);
        return sums;
    }

    private double[] epochOfBlocks() {
        epoch++;
        double sum = 0;
        for (int pass = 1; pass <= ratings.sides(); pass++) {
            pass();
            sum += look(pass == ratings.sides())[0];
            rotate();
        }
        return new double[] {sum};
    }

    private void pass() {
        Descent rule = descent;
        long run = seed;
        int number = epoch;
        states = ratings.blocks()
                .zipPartitions(states, (rated, state) -> List.of(trained(rated.next(), state.next(), rule, run, number))
                        .iterator());
    }

    private static BlockState trained(UserRatings ratings, BlockState state, Descent descent, long run, int epoch) {
        return state.trained(
                ratings, descent, Seeds.of(run, epoch, "mf order of user block " + ratings.block(), state.itemBlock()));
    }

    private void rotate() {
        int blocks = ratings.sides();
        JavaRDD<BlockState.Visit> visits = states.mapToPair(state -> {
                    BlockState.Visit visit = state.leaving(blocks);
                    return new Tuple2<>(visit.userBlock(), visit);
                })
                .partitionBy(new HashPartitioner(blocks)) // a number's hash is the number
                .values();
        states = states.zipPartitions(
                visits,
                (state, visit) -> List.of(state.next().visited(visit.next())).iterator());
    }

    /**
     * Computes the states, keeps them in place of the earlier states, and adds the losses of the blocks in their order.
     */
    private double[] look(boolean epochEnds) {
        boolean save = epochEnds
                && epoch % CHECKPOINT_EPOCHS == 0
                && states.context().getCheckpointDir().isDefined();
        states.persist(StorageLevel.MEMORY_AND_DISK());
        if (save) {
            states.checkpoint();
        }
        List<double[]> losses = states.map(BlockState::losses).collect(); // one entry per block
        kept.ifPresent(JavaRDD::unpersist);
        kept = Optional.of(states);
        if (save) {
            saved.ifPresent(this::delete); // from now on no lost state needs the old checkpoint
            saved = Optional.of(states.getCheckpointFile().get());
        }
        return IntStream.range(0, losses.get(0).length)
                .mapToDouble(pass ->
                        losses.stream().mapToDouble(block -> block[pass]).sum())
                .toArray();
    }

    private void delete(String checkpoint) {
        Path file = new Path(checkpoint);
        try {
            file.getFileSystem(states.context().hadoopConfiguration()).delete(file, true);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        kept.ifPresent(JavaRDD::unpersist);
        saved.ifPresent(this::delete);
    }
}
