package io.recthink.spark.train;

import io.recthink.learn.OptimizerSettings;
import java.util.Map;
import java.util.TreeMap;

/** AdamW with clipping by the global norm, in double precision, with a constant learning rate. */
final class PlainAdamW {
    private final OptimizerSettings settings;
    private final Map<String, double[]> m = new TreeMap<>();
    private final Map<String, double[]> v = new TreeMap<>();
    private int step;

    PlainAdamW(OptimizerSettings settings) {
        this.settings = settings;
    }

    Map<String, double[]> step(Map<String, float[]> weights, Map<String, double[]> gradient) {
        step++;
        double squares = 0;
        for (double[] values : gradient.values()) {
            for (double value : values) {
                squares += value * value;
            }
        }
        double clip = Math.min(1, settings.maxGradNorm() / (Math.sqrt(squares) + 1e-6));
        Map<String, double[]> updated = new TreeMap<>();
        weights.forEach((name, values) -> updated.put(name, update(name, values, gradient.get(name), clip)));
        return updated;
    }

    private double[] update(String name, float[] weights, double[] gradient, double clip) {
        double[] first = m.computeIfAbsent(name, key -> new double[weights.length]);
        double[] second = v.computeIfAbsent(name, key -> new double[weights.length]);
        double[] updated = new double[weights.length];
        for (int i = 0; i < weights.length; i++) {
            double g = clip * gradient[i];
            first[i] = settings.beta1() * first[i] + (1 - settings.beta1()) * g;
            second[i] = settings.beta2() * second[i] + (1 - settings.beta2()) * g * g;
            double mHat = first[i] / (1 - Math.pow(settings.beta1(), step));
            double vHat = second[i] / (1 - Math.pow(settings.beta2(), step));
            double decayed = weights[i] * (1 - settings.learningRate() * settings.weightDecay());
            updated[i] = decayed - settings.learningRate() * mHat / (Math.sqrt(vHat) + settings.epsilon());
        }
        return updated;
    }
}
