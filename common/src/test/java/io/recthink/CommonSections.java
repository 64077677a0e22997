package io.recthink;

import io.recthink.config.Sections;
import io.recthink.generate.RolloutSettings;
import io.recthink.model.LoraSettings;
import io.recthink.model.ModelSettings;
import io.recthink.prompt.PromptSettings;
import io.recthink.reward.RewardSettings;
import io.recthink.teacher.ColdStartSettings;
import io.recthink.teacher.TeacherSettings;
import java.util.List;

/** The sections that lie in this module, for tests that set some of their keys. */
public final class CommonSections {
    public static final Sections SECTIONS = Sections.of(List.of(
            PromptSettings.class,
            TeacherSettings.class,
            ColdStartSettings.class,
            ModelSettings.class,
            LoraSettings.class,
            RolloutSettings.class,
            RewardSettings.class));

    private CommonSections() {}
}
