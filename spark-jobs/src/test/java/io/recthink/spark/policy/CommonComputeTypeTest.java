package io.recthink.spark.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import ai.djl.Device;
import io.recthink.InvalidInputException;
import io.recthink.config.Configuration;
import io.recthink.model.ComputeType;
import io.recthink.model.ModelSettings;
import io.recthink.spark.JobSettings;
import io.recthink.spark.SparkTest;
import io.recthink.torch.Bfloat16Support;
import java.util.List;
import java.util.Optional;
import org.apache.spark.TaskContext;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;

class CommonComputeTypeTest {
    private static final SparkSession SPARK = SparkTest.spark();
    private static final Configuration BFLOAT16 =
            JobSettings.SECTIONS.read("asked", "", List.of("model.dtype=bfloat16", "model.threads=2", "name=shop"));

    @Test
    void itIsTheOneThatIsAskedForWhereAllTasksCanComputeInIt() {
        assertThat(CommonComputeType.settle(SPARK, BFLOAT16, Optional::empty)).isEqualTo(BFLOAT16);
    }

    @Test
    void aSingleTaskThatCannotMakesAllComputeInFp32() {
        Configuration settled = CommonComputeType.settle(
                SPARK,
                BFLOAT16,
                () -> TaskContext.getPartitionId() == 0 ? Optional.of("the processor of old-1") : Optional.empty());
        assertThat(settled)
                .isEqualTo(JobSettings.SECTIONS.read("expected", "", List.of("model.threads=2", "name=shop")));
    }

    @Test
    void fp32IsNotAskedFor() {
        Configuration asked = JobSettings.SECTIONS.defaults();
        TaskSurvey.Question never = () -> {
            throw new IllegalStateException("a task was asked");
        };
        assertThat(CommonComputeType.settle(SPARK, asked, never)).isSameAs(asked);
    }

    @Test
    void aTaskIsAskedForItsOwnDevice() {
        ComputeType settled = CommonComputeType.settle(SPARK, BFLOAT16)
                .get(ModelSettings.class)
                .dtype();
        assertThat(settled == ComputeType.BFLOAT16).isEqualTo(Bfloat16Support.of(Device.cpu()));
        assertThatCode(() -> CommonComputeType.require(settled, Device.cpu())).doesNotThrowAnyException();
    }

    @Test
    void aTaskThatCannotComputeAsTheOthersRefuses() {
        assumeFalse(Bfloat16Support.of(Device.cpu()), "skipped: this processor has instructions for BF16");
        assertThatThrownBy(() -> CommonComputeType.require(ComputeType.BFLOAT16, Device.cpu()))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContainingAll("no instructions for BF16 on the processor of", "set model.dtype: float32");
    }
}
