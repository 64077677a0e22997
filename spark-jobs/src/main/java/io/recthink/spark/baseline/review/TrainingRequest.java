package io.recthink.spark.baseline.review;

import io.recthink.review.BatchReader;
import io.recthink.review.NetworkTraining;
import io.recthink.review.RatedPairs;
import io.recthink.review.ReviewNetwork;
import io.recthink.review.TrainedNetwork;
import io.recthink.spark.baseline.EarlyStop;
import io.recthink.spark.files.Storage;
import java.io.Serializable;
import java.util.Locale;
import java.util.Map;
import org.apache.spark.TaskContext;
import org.apache.spark.TaskKilledException;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.CollectionAccumulator;
import org.apache.spark.util.LongAccumulator;

/**
 * One training, as tasks receive it.
 *
 * @param name names the training in progress and files
 * @param folder the reviews
 * @param network the network
 * @param form what it reads
 * @param settings how it learns
 * @param mean where its offset starts
 * @param vectors the start of word vectors; see {@link WordTable}
 * @param absolute whether validation is the mean of absolute errors, not of squares
 * @param min the lowest rating of the scale
 * @param max the highest rating of the scale
 * @param epochs the largest number of epochs
 * @param patience epochs without a better validation loss before the training ends; 0: exactly {@code epochs}, without
 *     validation
 * @param output the folder for the trained network
 * @param pairs counts the pairs that were learnt from
 * @param scores takes validation scores, in words
 */
record TrainingRequest(
        String name,
        ReviewFolder folder,
        ReviewNetwork network,
        BatchReader.Form form,
        NetworkTraining.Settings settings,
        double mean,
        Broadcast<float[]> vectors,
        boolean absolute,
        double min,
        double max,
        int epochs,
        int patience,
        String output,
        LongAccumulator pairs,
        CollectionAccumulator<String> scores)
        implements Serializable {

    /** A network in training, in one task or in several. */
    interface Course {
        /** Trains one epoch. */
        void train(int epoch);

        /** The mean validation loss after the last epoch. */
        double validate();

        /** Shows a validation loss in words. */
        void show(String score);

        /** The values of each parameter after the last epoch. */
        Map<String, float[]> values();
    }

    /**
     * Trains until the last epoch, or until the validation loss no longer falls, and writes the network.
     *
     * @param unique part of the name of the file, which no other training or attempt has
     */
    TrainingResult run(Course course, String unique) {
        boolean validates = patience > 0;
        EarlyStop stop = new EarlyStop(Math.max(1, patience));
        Map<String, float[]> best = null;
        double seconds = 0;
        int epoch = 0;
        while (epoch < epochs && !(validates && stop.reached())) {
            epoch++;
            long start = System.nanoTime();
            course.train(epoch);
            seconds += (System.nanoTime() - start) / 1e9;
            if (validates) {
                double loss = course.validate();
                stop.epoch(loss);
                course.show(score(epoch, loss));
                if (stop.bestEpoch() == epoch) {
                    best = course.values();
                }
            }
        }
        return validates
                ? new TrainingResult(stop.bestEpoch(), epoch, stop.bestLoss(), seconds, write(best, unique))
                : new TrainingResult(epoch, epoch, Double.NaN, seconds, write(course.values(), unique));
    }

    /** The network before its first step. */
    TrainedNetwork start() {
        return TrainedNetwork.start(network, mean, settings.seed(), vectors.value());
    }

    /** A network that {@link #run} has written. */
    TrainedNetwork read(String file) {
        return TrainedNetwork.of(
                network, TensorFile.read(Storage.at(output, folder.hadoop().value()), file, network.shapes()));
    }

    NetworkTraining training(TrainedNetwork trained, ReviewFolder.Loaded reviews) {
        return new NetworkTraining(trained, new BatchReader(reviews.corpus(), form), settings);
    }

    /** The number of steps of a part of an epoch. */
    int steps(NetworkTraining.Part part) {
        return part.steps(Math.toIntExact(folder.reviews()), settings.batch());
    }

    /**
     * Counts the pairs of a step.
     *
     * @throws TaskKilledException when Spark has cancelled the task: it asks between two steps
     */
    void learnt(int number) {
        pairs.add(number);
        if (TaskContext.get().isInterrupted()) {
            throw new TaskKilledException("the training was cancelled");
        }
    }

    /**
     * Writes a trained network.
     *
     * @param values of each parameter; null when every epoch diverged
     * @return the name of the file; null when the training diverged
     */
    private String write(Map<String, float[]> values, String unique) {
        if (values == null || !values.values().stream().allMatch(TrainingRequest::allFinite)) {
            return null;
        }
        String file = name.replaceAll("\\W+", "-") + "-" + unique + ".safetensors";
        TensorFile.write(Storage.at(output, folder.hadoop().value()), file, network.shapes(), values);
        return file;
    }

    private static boolean allFinite(float[] values) {
        for (float value : values) {
            if (!Float.isFinite(value)) {
                return false;
            }
        }
        return true;
    }

    /** The sum of the losses of clipped predictions; NaN when one is not finite. */
    double loss(NetworkTraining training, RatedPairs rows) {
        float[] predictions = training.predict(rows);
        double sum = 0;
        for (int i = 0; i < predictions.length; i++) {
            if (!Float.isFinite(predictions[i])) {
                return Double.NaN;
            }
            double error = Math.max(min, Math.min(max, predictions[i])) - rows.ratings()[i];
            sum += absolute ? Math.abs(error) : error * error;
        }
        return sum;
    }

    /** A validation loss for people. */
    private String score(int epoch, double loss) {
        return String.format(
                Locale.ROOT,
                "%s epoch %d: validation %s %.4f",
                name,
                epoch,
                absolute ? "MAE" : "RMSE",
                absolute ? loss : Math.sqrt(loss));
    }
}
