package io.recthink.spark.train;

import io.recthink.spark.ExecutorProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerStageSubmitted;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.scheduler.SparkListenerTaskStart;
import org.apache.spark.sql.SparkSession;

/**
 * Kills processes of a run with SIGKILL. A plan is {@code none} or a list of these items, joined by commas:
 *
 * <pre>
 * application-stage:NAME:STEP:DELAY   the whole application, DELAY ms after the Spark stage NAME of step STEP begins
 * application-file:FILE:DELAY         the whole application, DELAY ms after FILE appears in the run folder
 * executor-start:NAME:STEP            the executor that gets the first task of stage NAME of step STEP
 * executor-end:NAME:STEP              the executor that ends the first task of that stage, with its shuffle files
 * </pre>
 */
final class Sabotage extends SparkListener {
    private final String[] plan;
    private final Path run;
    private boolean done;
    private String stage = "";

    private Sabotage(String plan, Path run) {
        this.plan = plan.split(":", -1);
        this.run = run;
    }

    static void plan(String plans, Path run, SparkSession spark) {
        Arrays.stream(plans.split(",", -1)).filter(plan -> !plan.equals("none")).forEach(plan -> {
            Sabotage sabotage = new Sabotage(plan, run);
            if (plan.startsWith("application-file")) {
                Thread watch = new Thread(sabotage::watchFile);
                watch.setDaemon(true);
                watch.start();
            } else {
                spark.sparkContext().addSparkListener(sabotage);
            }
        });
    }

    private void watchFile() {
        while (!Files.exists(run.resolve(plan[1]))) {
            pause(1);
        }
        killApplication(Integer.parseInt(plan[2]));
    }

    @Override
    public void onStageSubmitted(SparkListenerStageSubmitted event) {
        stage = event.stageInfo().name();
        if (plan[0].equals("application-stage") && isDue()) {
            killApplication(Integer.parseInt(plan[3]));
        }
    }

    @Override
    public void onTaskStart(SparkListenerTaskStart event) {
        if (plan[0].equals("executor-start") && isDue()) {
            killExecutor(event.taskInfo().executorId());
        }
    }

    @Override
    public void onTaskEnd(SparkListenerTaskEnd event) {
        if (plan[0].equals("executor-end") && isDue()) {
            killExecutor(event.taskInfo().executorId());
        }
    }

    private boolean isDue() {
        return !done
                && stage.contains(plan[1])
                && Files.exists(run.resolve("step-%06d".formatted(Integer.parseInt(plan[2]))));
    }

    private void killApplication(int delay) {
        pause(delay);
        kill(ProcessHandle.current().pid());
    }

    private void killExecutor(String executor) {
        done = true;
        long process = ExecutorProcess.of(executor).pid();
        kill(process);
        try {
            Files.writeString(run.resolveSibling("killed-" + plan[1] + "-" + plan[2]), Long.toString(process));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void kill(long process) {
        try {
            new ProcessBuilder("kill", "-9", Long.toString(process)).start().waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void pause(int milliseconds) {
        try {
            Thread.sleep(milliseconds);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
