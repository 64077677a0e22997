package io.recthink.spark.baseline.review;

import io.recthink.review.NetworkTraining;
import io.recthink.review.TrainedNetwork;
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
            // Another attempt of this task writes a file of its own.
            String attempt = Long.toString(TaskContext.get().taskAttemptId());
            return request.run(new InTask(request, reviews, network, request.training(network, reviews)), attempt);
        }
    }

    /** The network of this task. */
    private record InTask(
            TrainingRequest request, ReviewFolder.Loaded reviews, TrainedNetwork network, NetworkTraining training)
            implements TrainingRequest.Course {
        @Override
        public void train(int epoch) {
            training.train(reviews.train(), NetworkTraining.Part.whole(epoch), request::learnt);
        }

        @Override
        public double validate() {
            return request.loss(training, reviews.validation())
                    / reviews.validation().size();
        }

        @Override
        public void show(String score) {
            request.scores().add(score);
        }

        @Override
        public Map<String, float[]> values() {
            return network.copy();
        }
    }
}
