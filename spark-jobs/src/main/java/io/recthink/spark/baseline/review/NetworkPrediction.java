package io.recthink.spark.baseline.review;

import io.recthink.review.Batch;
import io.recthink.review.BatchReader;
import io.recthink.review.NARRE;
import io.recthink.review.RatedPairs;
import io.recthink.review.TrainedNetwork;
import io.recthink.spark.table.BatchedRows;
import io.recthink.torch.TorchRuntime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.util.TaskCompletionListener;

/**
 * Predicts rows with a trained network: rowId, user, item, time, cold to {@link FittedNetwork#PREDICTED}.
 *
 * @param file the file of the network in the folder of the request
 */
record NetworkPrediction(TrainingRequest request, String file) implements MapPartitionsFunction<Row, Row> {
    private static final int MOST_ATTENDED = 3;

    @Override
    public Iterator<Row> call(Iterator<Row> rows) {
        if (!rows.hasNext()) {
            return Collections.emptyIterator();
        }
        TorchRuntime.prepareThread(1);
        BatchReader reader = new BatchReader(request.folder().load().corpus(), request.form());
        TrainedNetwork network = request.read(file);
        TaskContext.get().addTaskCompletionListener((TaskCompletionListener) task -> network.close());
        return new BatchedRows<>(rows, request.settings().batch(), batch -> predict(batch, network, reader));
    }

    private List<Row> predict(List<Row> rows, TrainedNetwork network, BatchReader reader) {
        RatedPairs pairs = new RatedPairs(
                rows.stream().mapToInt(row -> row.getInt(1)).toArray(),
                rows.stream().mapToInt(row -> row.getInt(2)).toArray(),
                rows.stream().mapToLong(row -> row.getLong(3)).toArray(),
                new float[0]);
        Batch batch = reader.batch(pairs, IntStream.range(0, rows.size()).toArray());
        float[] ratings = network.predict(batch);
        List<float[]> weights =
                network.network() instanceof NARRE narre ? network.attentionToItems(narre, batch) : null;
        List<Row> predicted = new ArrayList<>();
        for (int i = 0; i < rows.size(); i++) {
            if (!Float.isFinite(ratings[i])) {
                throw new IllegalStateException(
                        "%s diverged: it predicts %s; lower its learning rates".formatted(request.name(), ratings[i]));
            }
            predicted.add(RowFactory.create(
                    rows.get(i).getString(0),
                    Math.max(request.min(), Math.min(request.max(), ratings[i])),
                    rows.get(i).getString(4),
                    weights == null ? null : attended(weights.get(i), reader.itemReviews(pairs, i))));
        }
        return predicted;
    }

    /** The reviews with the largest weights, the largest first. */
    private static Row[] attended(float[] weights, int[] places) {
        return IntStream.range(0, places.length)
                .boxed()
                .sorted(Comparator.comparing((Integer i) -> -weights[i]).thenComparing(i -> i))
                .limit(MOST_ATTENDED)
                .map(i -> RowFactory.create((long) places[i], (double) weights[i]))
                .toArray(Row[]::new);
    }
}
