package io.recthink.learn;

/**
 * Computes the learning rate of a step: a linear warm-up, then constant, linear or cosine decay to a share of its peak.
 */
public final class LearningRate {
    private LearningRate() {}

    /**
     * Returns the rate of a step. The rate is highest at the last step of the warm-up, or at the first step without a
     * warm-up. A linear or cosine decay reaches the final share at the last step.
     *
     * @param step from 1
     * @param steps number of steps of the run
     */
    public static double at(OptimizerSettings settings, int step, int steps) {
        double peak = settings.learningRate();
        if (step <= settings.warmupSteps()) {
            return peak * step / settings.warmupSteps();
        }
        int start = Math.max(1, settings.warmupSteps());
        double progress = steps <= start ? 0 : Math.min(1, (double) (step - start) / (steps - start));
        double fall = 1 - settings.finalShare();
        return switch (settings.schedule()) {
            case CONSTANT -> peak;
            case LINEAR -> peak * (1 - fall * progress);
            case COSINE -> peak * (1 - fall * (1 - Math.cos(Math.PI * progress)) / 2);
        };
    }
}
