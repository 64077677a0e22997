package io.recthink.spark;

import io.recthink.config.Sections;
import io.recthink.generate.RolloutSettings;
import io.recthink.model.LoraSettings;
import io.recthink.model.ModelSettings;
import io.recthink.prompt.PromptSettings;
import io.recthink.reward.RewardSettings;
import io.recthink.spark.baseline.mf.MfSettings;
import io.recthink.spark.baseline.review.ReviewSettings;
import io.recthink.spark.coldstart.InitModelSettings;
import io.recthink.spark.evaluate.CompareSettings;
import io.recthink.spark.retrain.GateSettings;
import io.recthink.spark.retrain.RetrainSettings;
import io.recthink.spark.sft.SftSettings;
import io.recthink.spark.simulate.SimulateSettings;
import io.recthink.spark.source.SourceSettings;
import io.recthink.spark.table.PredictSettings;
import io.recthink.spark.table.PrepareSettings;
import io.recthink.spark.table.ValidationSettings;
import io.recthink.spark.tracking.TrackingSettings;
import io.recthink.spark.train.TrainSettings;
import io.recthink.teacher.ColdStartSettings;
import io.recthink.teacher.TeacherSettings;
import java.util.List;

/**
 * Lists the sections that a configuration of the jobs may contain. Each section is defined in the package that uses it.
 */
public final class JobSettings {
    /** All sections, in the order in which the jobs use them. */
    public static final Sections SECTIONS = Sections.of(List.of(
            SimulateSettings.class,
            SourceSettings.class,
            PrepareSettings.class,
            PromptSettings.class,
            TeacherSettings.class,
            ColdStartSettings.class,
            InitModelSettings.class,
            ModelSettings.class,
            LoraSettings.class,
            RolloutSettings.class,
            RewardSettings.class,
            SftSettings.class,
            TrainSettings.class,
            ValidationSettings.class,
            TrackingSettings.class,
            PredictSettings.class,
            MfSettings.class,
            ReviewSettings.class,
            CompareSettings.class,
            RetrainSettings.class,
            GateSettings.class));

    private JobSettings() {}
}
