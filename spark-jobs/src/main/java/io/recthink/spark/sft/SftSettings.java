package io.recthink.spark.sft;

import io.recthink.config.Problems;
import io.recthink.config.Section;
import io.recthink.learn.OptimizerSettings;

/** The section {@code sft}: the supervised warm start. */
public record SftSettings(
        int steps,
        int epochs,
        int batchSize,
        int microBatch,
        int partitions,
        int saveEvery,
        int keepLast,
        int validationEvery,
        HeldOutSettings validation,
        int patience,
        FormSettings form,
        OptimizerSettings optimizer)
        implements Section {
    @Override
    public void check(Problems problems) {
        problems.atLeast(1, "steps", steps);
        problems.atLeast(0, "epochs", epochs);
        problems.atLeast(1, "batchSize", batchSize);
        problems.atLeast(1, "microBatch", microBatch);
        problems.atLeast(1, "partitions", partitions);
        problems.atLeast(1, "saveEvery", saveEvery);
        problems.atLeast(1, "keepLast", keepLast);
        problems.require(
                validationEvery == 0 || isSaved(validationEvery),
                "validationEvery",
                "a multiple of saveEvery " + saveEvery,
                validationEvery);
        checkValidation(problems);
        form.check(problems.in("form"));
        problems.require(
                !form.isOn() || isSaved(form.every()),
                "form.every",
                "a multiple of saveEvery " + saveEvery,
                form.every());
        optimizer.check(problems.in("optimizer"));
    }

    private void checkValidation(Problems problems) {
        double share = validation.share();
        problems.require(share >= 0 && share < 1, "validation.share", "at least 0 and below 1", share);
        problems.require(
                share == 0 ? validation.every() >= 1 : isSaved(validation.every()),
                "validation.every",
                share == 0 ? "at least 1" : "a multiple of saveEvery " + saveEvery,
                validation.every());
        problems.require(
                !(share > 0) || validationEvery == 0,
                "validation.share",
                "0 if validationEvery is " + validationEvery + ", because only one validation can choose the policy",
                share);
        problems.atLeast(0, "patience", patience);
        problems.require(
                patience <= 0 || share > 0 || validationEvery > 0,
                "patience",
                "0 without a validation (validation.share or validationEvery above 0)",
                patience);
    }

    private boolean isSaved(int every) {
        return every >= 1 && saveEvery >= 1 && every % saveEvery == 0;
    }
}
