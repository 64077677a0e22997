package io.recthink.review;

import io.recthink.Seeds;
import java.io.Serializable;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.IntConsumer;

/**
 * Trains a network on pairs and predicts pairs. The order of the pairs in an epoch and the dropped values depend on the seed and
 * the epoch alone, so that a part of an epoch is the same on any machine.
 */
public final class NetworkTraining {
    private final TrainedNetwork network;
    private final BatchReader reader;
    private final Settings settings;

    /**
     * How a network learns.
     *
     * @param dropout the probability with which a value is dropped, from 0, below 1
     * @param batch the number of pairs of a step
     */
    public record Settings(RatingLoss loss, Adam adam, double dropout, int batch, long seed) implements Serializable {}

    /**
     * A part of an epoch: of the batches of one round, each task takes every {@code tasks}-th.
     *
     * @param epoch from 1
     * @param round from 0, below {@code rounds}
     * @param task from 0, below {@code tasks}
     */
    public record Part(int epoch, int round, int rounds, int task, int tasks) implements Serializable {
        /** The whole epoch. */
        public static Part whole(int epoch) {
            return new Part(epoch, 0, 1, 0, 1);
        }

        /** The number of steps of the part. */
        public int steps(int pairs, int batch) {
            int left = beyond(pairs, batch) - first(pairs, batch);
            return Math.max(0, (left + tasks - 1) / tasks);
        }

        private int first(int pairs, int batch) {
            return (int) ((long) batches(pairs, batch) * round / rounds) + task;
        }

        private int beyond(int pairs, int batch) {
            return (int) ((long) batches(pairs, batch) * (round + 1) / rounds);
        }

        private static int batches(int pairs, int batch) {
            return (pairs + batch - 1) / batch;
        }
    }

    public NetworkTraining(TrainedNetwork network, BatchReader reader, Settings settings) {
        this.network = network;
        this.reader = reader;
        this.settings = settings;
    }

    /**
     * Takes a step for each batch of a part of an epoch.
     *
     * @param done receives the number of pairs of each step
     */
    public void train(RatedPairs pairs, Part part, IntConsumer done) {
        int[] order = order(pairs.size(), part.epoch());
        int beyond = part.beyond(order.length, settings.batch());
        for (int batch = part.first(order.length, settings.batch()); batch < beyond; batch += part.tasks()) {
            int from = batch * settings.batch();
            int[] rows = Arrays.copyOfRange(order, from, Math.min(order.length, from + settings.batch()));
            Dropout dropout = Dropout.of(settings.dropout(), Seeds.of(settings.seed(), part.epoch(), "dropout", batch));
            network.step(reader.batch(pairs, rows), settings.loss(), settings.adam(), dropout);
            done.accept(rows.length);
        }
    }

    private int[] order(int size, int epoch) {
        int[] order = new int[size];
        Arrays.setAll(order, i -> i);
        SplittableRandom random = new SplittableRandom(Seeds.of(settings.seed(), epoch, "order", 0));
        for (int i = size - 1; i > 0; i--) {
            int other = random.nextInt(i + 1);
            int swapped = order[i];
            order[i] = order[other];
            order[other] = swapped;
        }
        return order;
    }

    /** The predictions of pairs, not clipped. */
    public float[] predict(RatedPairs pairs) {
        float[] predictions = new float[pairs.size()];
        for (int from = 0; from < predictions.length; from += settings.batch()) {
            int[] rows = new int[Math.min(settings.batch(), predictions.length - from)];
            int first = from;
            Arrays.setAll(rows, i -> first + i);
            System.arraycopy(network.predict(reader.batch(pairs, rows)), 0, predictions, from, rows.length);
        }
        return predictions;
    }
}
