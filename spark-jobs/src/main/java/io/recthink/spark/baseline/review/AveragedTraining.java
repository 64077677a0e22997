package io.recthink.spark.baseline.review;

import io.recthink.review.NetworkTraining;
import io.recthink.review.TrainedNetwork;
import io.recthink.torch.TorchRuntime;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.PairFlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import scala.Tuple2;

/**
 * One training in several Spark tasks: local SGD (Stich 2019). In each round every task takes its batches from the same
 * start, then values and moments are averaged. A shuffle brings the parts of all tasks together, piece by piece, and each
 * piece is averaged in the order of the tasks. So the network depends on tasks and rounds, not on executors, and a task
 * that runs again changes nothing.
 */
final class AveragedTraining implements TrainingRequest.Course {
    private static final int PIECE = 1 << 20;

    private final JavaSparkContext spark;
    private final TrainingRequest request;
    private final int tasks;
    private final int rounds;
    private final ReviewProgress progress;
    private Start start = new Start(null, 0);
    private float[] state; // after the last round; its values, without the moments, come first

    AveragedTraining(SparkSession spark, TrainingRequest request, int tasks, int rounds, ReviewProgress progress) {
        this.spark = JavaSparkContext.fromSparkContext(spark.sparkContext());
        this.request = request;
        this.tasks = tasks;
        this.rounds = rounds;
        this.progress = progress;
    }

    /**
     * Where a round starts.
     *
     * @param values the state of the network; null: before the first step
     * @param steps the steps that led to it
     */
    private record Start(Broadcast<float[]> values, int steps) implements Serializable {
        TrainedNetwork network(TrainingRequest request) {
            return values == null ? request.start() : TrainedNetwork.from(request.network(), values.value(), steps);
        }
    }

    /** A piece of the state of one task. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Piece(int task, float[] values) implements Serializable {}

    /** The part of a round that one task does. */
    private record Round(TrainingRequest request, Start start, int epoch, int round, int rounds, int tasks)
            implements PairFlatMapFunction<Integer, Integer, Piece> {
        @Override
        public Iterator<Tuple2<Integer, Piece>> call(Integer task) {
            NetworkTraining.Part part = new NetworkTraining.Part(epoch, round, rounds, task, tasks);
            if (request.steps(part) == 0) {
                return Collections.emptyIterator(); // a network that has learnt nothing would hold the others back
            }
            TorchRuntime.prepareThread(1);
            ReviewFolder.Loaded reviews = request.folder().load();
            float[] state;
            try (TrainedNetwork network = start.network(request)) {
                request.training(network, reviews).train(reviews.train(), part, request::learnt);
                state = network.state();
            }
            return IntStream.range(0, (state.length + PIECE - 1) / PIECE)
                    .mapToObj(piece -> new Tuple2<>(
                            piece,
                            new Piece(
                                    task,
                                    Arrays.copyOfRange(
                                            state, piece * PIECE, Math.min(state.length, (piece + 1) * PIECE)))))
                    .iterator();
        }
    }

    TrainingResult run() {
        try {
            return request.run(this, UUID.randomUUID().toString());
        } finally {
            release();
        }
    }

    @Override
    public void train(int epoch) {
        for (int round = 0; round < rounds; round++) {
            // The first task has most steps.
            int steps = request.steps(new NetworkTraining.Part(epoch, round, rounds, 0, tasks));
            if (steps > 0) {
                state = round(epoch, round);
                Start next = new Start(spark.broadcast(state), start.steps + steps);
                release();
                start = next;
            }
        }
    }

    @Override
    public void show(String score) {
        progress.score(score);
    }

    private JavaRDD<Integer> tasks() {
        return spark.parallelize(IntStream.range(0, tasks).boxed().toList(), tasks);
    }

    private float[] round(int epoch, int round) {
        List<Tuple2<Integer, float[]>> pieces =
                new ArrayList<>(tasks().flatMapToPair(new Round(request, start, epoch, round, rounds, tasks))
                        .groupByKey(tasks)
                        .mapValues(AveragedTraining::average)
                        .collect());
        pieces.sort(Comparator.comparing(Tuple2::_1));
        float[] state =
                new float[pieces.stream().mapToInt(piece -> piece._2().length).sum()];
        pieces.forEach(piece -> System.arraycopy(piece._2(), 0, state, piece._1() * PIECE, piece._2().length));
        return state;
    }

    private static float[] average(Iterable<Piece> ofTasks) {
        List<Piece> pieces = StreamSupport.stream(ofTasks.spliterator(), false)
                .sorted(Comparator.comparing(Piece::task))
                .toList();
        float[] average = new float[pieces.get(0).values.length];
        for (int i = 0; i < average.length; i++) {
            double sum = 0;
            for (Piece piece : pieces) {
                sum += piece.values[i];
            }
            average[i] = (float) (sum / pieces.size());
        }
        return average;
    }

    /** The validation loss: each task sums that of its part of the rows, and the sums are added in the order of tasks. */
    @Override
    public double validate() {
        TrainingRequest asked = request;
        Start reached = start;
        int parts = tasks;
        List<Tuple2<Double, Integer>> sums = tasks().map(task -> {
                    TorchRuntime.prepareThread(1);
                    ReviewFolder.Loaded reviews = asked.folder().load();
                    var rows = reviews.validation().every(parts, task);
                    try (TrainedNetwork network = reached.network(asked)) {
                        return new Tuple2<>(asked.loss(asked.training(network, reviews), rows), rows.size());
                    }
                })
                .collect();
        double sum = 0;
        long rows = 0;
        for (Tuple2<Double, Integer> part : sums) {
            sum += part._1();
            rows += part._2();
        }
        return sum / rows;
    }

    private void release() {
        if (start.values != null) {
            start.values.destroy();
        }
    }

    @Override
    public Map<String, float[]> values() {
        Map<String, float[]> values = new LinkedHashMap<>();
        int[] place = {0};
        request.network().shapes().forEach((name, shape) -> {
            int size = TensorFile.size(shape);
            values.put(name, Arrays.copyOfRange(state, place[0], place[0] + size));
            place[0] += size;
        });
        return values;
    }
}
