package io.recthink.review;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.recthink.torch.Gradients;
import io.recthink.torch.Kernels;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/** The values of a network, and their training. For one thread. */
public final class TrainedNetwork implements AutoCloseable {
    private final ReviewNetwork network;
    private final NDManager manager;
    private final Map<String, NDArray> values = new LinkedHashMap<>();
    private final Map<String, Moments> moments = new LinkedHashMap<>();
    private final Map<String, Parameter> parameters = new LinkedHashMap<>();
    private int stepsDone;

    /** The moments of a parameter. */
    private record Moments(NDArray first, NDArray second) {}

    /**
     * Creates a network with given values.
     *
     * @param start the first values of a parameter, in the order of its shape
     */
    TrainedNetwork(ReviewNetwork network, Function<Parameter, float[]> start) {
        this.network = network;
        this.manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");
        for (Parameter parameter : network.parameters()) {
            parameters.put(parameter.name(), parameter);
            values.put(parameter.name(), manager.create(start.apply(parameter), parameter.shape()));
            moments.put(
                    parameter.name(), new Moments(manager.zeros(parameter.shape()), manager.zeros(parameter.shape())));
        }
    }

    /**
     * Creates a network with random values.
     *
     * @param mean the mean of the train ratings
     */
    public static TrainedNetwork start(ReviewNetwork network, double mean, long seed) {
        RandomStart random = new RandomStart(mean, seed);
        return new TrainedNetwork(network, random::values);
    }

    /** The network. */
    public ReviewNetwork network() {
        return network;
    }

    /** The values of all parameters by name; they change with the next step. */
    Map<String, NDArray> values() {
        return values;
    }

    /** Predicts the ratings of a batch; not clipped. */
    public float[] predict(Batch batch) {
        try (NDManager scratch = manager.newSubManager()) {
            return network.prepare(batch, values, scratch)
                    .predict(values, Dropout.off(), scratch)
                    .toFloatArray();
        }
    }

    /**
     * Changes the values by one step of Adam.
     *
     * @return the loss of the batch before the step, without the penalty
     */
    public double step(Batch batch, RatingLoss loss, Adam adam, Dropout dropout) {
        try (NDManager scratch = manager.newSubManager()) {
            Map<String, NDArray> gradients = new LinkedHashMap<>();
            double before = gradient(batch, loss, adam.penalty(), dropout, scratch, gradients);
            gradients.forEach((name, gradient) -> update(parameters.get(name), gradient, adam, scratch));
            stepsDone++;
            return before;
        }
    }

    /**
     * Computes the gradient of the loss and its penalty.
     *
     * @param gradients receives the gradients by name
     * @return the loss without the penalty
     */
    double gradient(
            Batch batch,
            RatingLoss loss,
            double penalty,
            Dropout dropout,
            NDManager scratch,
            Map<String, NDArray> gradients) {
        ReviewNetwork.Prepared prepared = network.prepare(batch, values, scratch);
        Map<String, NDArray> leaves = new LinkedHashMap<>();
        values.forEach((name, value) -> leaves.put(name, Gradients.leaf(value, scratch)));
        ReviewNetwork.Recorded recorded = prepared.record(leaves, dropout, scratch);
        float[] predictions = recorded.predictions().toFloatArray();
        float[] slopes = loss.slopes(predictions, batch.ratings(), network.sumsLosses());
        recorded.backward().accept(scratch.create(slopes));
        leaves.forEach((name, leaf) -> gradients.put(
                name,
                Gradients.of(leaf, scratch)
                        .orElseGet(() -> scratch.zeros(parameters.get(name).shape()))));
        if (penalty > 0) {
            network.penalised()
                    .forEach(name -> gradients.get(name).addi(values.get(name).mul((float) penalty)));
        }
        return loss.of(predictions, batch.ratings(), network.sumsLosses());
    }

    private void update(Parameter parameter, NDArray gradient, Adam adam, NDManager scratch) {
        Moments now = moments.get(parameter.name());
        Kernels.instance()
                .callWithGradient(
                        "adam",
                        scratch,
                        values.get(parameter.name()),
                        gradient,
                        now.first(),
                        now.second(),
                        scratch.create(adam.settings(stepsDone + 1, parameter.decays())));
    }

    @Override
    public void close() {
        manager.close();
    }
}
