package io.recthink.spark.sft;

import io.recthink.learn.GradientStatistics;
import io.recthink.spark.gradient.StepGradient;
import io.recthink.spark.run.PolicyTraining;
import io.recthink.spark.table.TeacherUsage;
import io.recthink.spark.training.LearningRun.Update;
import io.recthink.torch.TorchRuntime;
import java.util.LinkedHashMap;
import java.util.Map;

/** The metrics of {@code metrics.json}: means over the steps since the last saved step. */
final class SupervisedMetrics {
    private int steps;
    private double loss;
    private double gradientNorm;
    private double learningRate;
    private double fetchSeconds;
    private double gradientSeconds;
    private double learnSeconds;
    private double publishSeconds;
    private double engineSeconds;
    private GradientStatistics sums = GradientStatistics.ZERO;
    private long peakResidentBytes;

    void add(
            StepGradient gradient,
            Update update,
            double fetchTime,
            double gradientTime,
            double learnTime,
            double publishTime) {
        steps++;
        loss += gradient.statistics().loss();
        gradientNorm += update.gradientNorm();
        learningRate = update.learningRate();
        fetchSeconds += fetchTime;
        gradientSeconds += gradientTime;
        learnSeconds += learnTime;
        publishSeconds += publishTime;
        engineSeconds += gradient.engineSeconds();
        sums = sums.plus(gradient.statistics());
        peakResidentBytes = Math.max(gradient.peakResidentBytes(), TorchRuntime.peakResidentBytes());
    }

    /**
     * The values.
     *
     * @param tokens tokens of prompts and completions, over the whole run
     * @param instructions number of different instructions that the run has learnt from
     * @param teacher cost of the teacher models that wrote the instructions
     */
    Map<String, Object> values(int step, long tokens, int instructions, TeacherUsage teacher) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("step", step);
        values.put("loss", loss / steps);
        values.put("grad_norm", gradientNorm / steps);
        values.put("lr", learningRate);
        values.put("entropy", sums.entropySum() / sums.tokens());
        values.put("num_tokens", tokens);
        values.put(PolicyTraining.SAMPLES, instructions);
        values.put(PolicyTraining.TEACHER_CALLS, teacher.teacherCalls());
        values.put(PolicyTraining.TEACHER_TOKENS, teacher.teacherTokens());
        values.put("tokens_per_second/gradient", sums.tokens() / gradientSeconds);
        double seconds = fetchSeconds + gradientSeconds + learnSeconds + publishSeconds;
        values.put("step_time", seconds / steps);
        values.put("time/fetch", fetchSeconds / steps);
        values.put("time/gradient", gradientSeconds / steps);
        values.put("engine_time/gradient", engineSeconds / steps);
        values.put("time/learn", learnSeconds / steps);
        values.put("engine_time/learn", learnSeconds / steps);
        values.put("time/publish", publishSeconds / steps);
        values.put("outside_engine_time", (seconds - engineSeconds - learnSeconds) / steps);
        values.put("peak_rss_bytes", peakResidentBytes);
        return values;
    }
}
