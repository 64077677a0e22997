package io.recthink.review;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.recthink.torch.Gradients;
import io.recthink.torch.Kernels;
import java.nio.FloatBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** The values of a network, and their training. For one thread. */
public final class TrainedNetwork implements AutoCloseable {
    /** The number of values of a state by the number of values of the network. */
    private static final long STATES = 3;

    private final ReviewNetwork network;
    private final NDManager manager;
    private final Map<String, NDArray> values = new LinkedHashMap<>();
    private final Map<String, Moments> moments = new LinkedHashMap<>(); // made by the first step
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
        }
    }

    /**
     * Creates a network with random values.
     *
     * @param mean the mean of the train ratings
     */
    public static TrainedNetwork start(ReviewNetwork network, double mean, long seed) {
        return start(network, mean, seed, new float[0]);
    }

    /**
     * Creates a network with given word vectors; all other values are random.
     *
     * @param mean the mean of the train ratings
     * @param vectors the vectors of all token ids, one after the other; a word whose vector begins with NaN has none, and
     *     starts with random values; without elements: no word has a vector
     */
    public static TrainedNetwork start(ReviewNetwork network, double mean, long seed, float[] vectors) {
        RandomStart random = new RandomStart(mean, seed);
        return new TrainedNetwork(network, parameter -> {
            float[] values = random.values(parameter);
            if (parameter.start() == Parameter.Start.WORDS && vectors.length > 0) {
                set(values, vectors, network.sizes().wordDimension());
            }
            return values;
        });
    }

    private static void set(float[] values, float[] vectors, int dimension) {
        if (values.length != vectors.length) {
            throw new IllegalArgumentException(
                    "%d numbers of word vectors for a table of %d".formatted(vectors.length, values.length));
        }
        for (int word = TokenStream.SEPARATOR * dimension; word < values.length; word += dimension) {
            if (!Float.isNaN(vectors[word])) {
                System.arraycopy(vectors, word, values, word, dimension);
            }
        }
    }

    /**
     * Creates a network with the values of a trained one.
     *
     * @param values the values of each parameter by its name, as {@link #copy} gives them
     */
    public static TrainedNetwork of(ReviewNetwork network, Map<String, float[]> values) {
        return new TrainedNetwork(network, parameter -> values.get(parameter.name()));
    }

    /** The values of each parameter by its name, in the order of {@link ReviewNetwork#parameters}. */
    public Map<String, float[]> copy() {
        Map<String, float[]> copy = new LinkedHashMap<>();
        values.forEach((name, value) -> copy.put(name, value.toFloatArray()));
        return copy;
    }

    /**
     * All that the next step depends on: the values, then their first moments, then their second moments, each in the order of
     * {@link ReviewNetwork#parameters}.
     */
    public float[] state() {
        float[] state = new float[Math.toIntExact(STATES * network.size())];
        int place = 0;
        for (List<NDArray> arrays : states()) {
            for (NDArray array : arrays) {
                float[] part = array.toFloatArray();
                System.arraycopy(part, 0, state, place, part.length);
                place += part.length;
            }
        }
        return state;
    }

    /**
     * Creates a network that continues from a state.
     *
     * @param state as {@link #state} gives it
     * @param steps the number of steps that led to it
     */
    public static TrainedNetwork from(ReviewNetwork network, float[] state, int steps) {
        TrainedNetwork continued = new TrainedNetwork(
                network,
                parameter -> new float[Math.toIntExact(parameter.shape().size())]);
        continued.setState(state, steps);
        return continued;
    }

    private void setState(float[] state, int steps) {
        int place = 0;
        for (List<NDArray> arrays : states()) {
            for (NDArray array : arrays) {
                int size = Math.toIntExact(array.size());
                array.set(FloatBuffer.wrap(state, place, size));
                place += size;
            }
        }
        stepsDone = steps;
    }

    private List<List<NDArray>> states() {
        return List.of(
                List.copyOf(values.values()),
                values.keySet().stream().map(name -> moments(name).first()).toList(),
                values.keySet().stream().map(name -> moments(name).second()).toList());
    }

    private Moments moments(String name) {
        return moments.computeIfAbsent(name, any -> {
            Shape shape = parameters.get(name).shape();
            return new Moments(manager.zeros(shape), manager.zeros(shape));
        });
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
     * The attention of a network to the reviews of the items, without a dropout.
     *
     * @param narre the network of these values
     * @return for each row the weights of its reviews in their order; their sum is 1, or less without
     *     {@code maskPadding}, where empty places have weights too
     */
    public List<float[]> attentionToItems(NARRE narre, Batch batch) {
        try (NDManager scratch = manager.newSubManager()) {
            return narre.attentionToItems(batch, values, scratch);
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
            for (String name : network.penalised()) {
                try (NDArray part = values.get(name).mul((float) penalty)) { // belongs to the manager of the values
                    gradients.get(name).addi(part);
                }
            }
        }
        return loss.of(predictions, batch.ratings(), network.sumsLosses());
    }

    private void update(Parameter parameter, NDArray gradient, Adam adam, NDManager scratch) {
        Moments now = moments(parameter.name());
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
