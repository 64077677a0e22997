package io.recthink.spark.baseline.review;

import io.recthink.review.NetworkTraining;
import io.recthink.review.TrainedNetwork;
import io.recthink.spark.baseline.EarlyStop;
import io.recthink.torch.TorchRuntime;
import java.util.Map;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.Function;

/** A whole training in one Spark task. A retried task gives the same network. */
record TrainingTask(TrainingRequest request) implements Function<Integer, TrainingResult> {
    @Override
    public TrainingResult call(Integer any) {
        TorchRuntime.prepareThread(1);
        ReviewFolder.Loaded reviews = request.folder().load();
        try (TrainedNetwork network = request.start()) {
            NetworkTraining training = request.training(network, reviews);
            EarlyStop stop = new EarlyStop(Math.max(1, request.patience()));
            boolean validates = request.patience() > 0;
            Map<String, float[]> best = null;
            double seconds = 0;
            int epoch = 0;
            while (epoch < request.epochs() && !(validates && stop.reached())) {
                epoch++;
                long start = System.nanoTime();
                training.train(reviews.train(), NetworkTraining.Part.whole(epoch), request::learnt);
                seconds += (System.nanoTime() - start) / 1e9;
                if (validates) {
                    double loss = request.loss(training, reviews.validation())
                            / reviews.validation().size();
                    stop.epoch(loss);
                    request.scores().add(request.score(epoch, loss));
                    if (stop.bestEpoch() == epoch) {
                        best = network.copy();
                    }
                }
            }
            return new TrainingResult(
                    validates ? stop.bestEpoch() : epoch,
                    epoch,
                    validates ? stop.bestLoss() : Double.NaN,
                    seconds,
                    // Another attempt of this task writes a file of its own.
                    request.write(
                            validates ? best : network.copy(),
                            Long.toString(TaskContext.get().taskAttemptId())));
        }
    }
}
