package io.recthink.spark.compare;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.recthink.InvalidInputException;
import org.junit.jupiter.api.Test;

class ErrorSumsTest {
    @Test
    void moreUsersTimesSystemsThanTheDriverHoldsAreRefused() {
        assertThatCode(() -> ErrorSums.checkSize(ErrorSums.MOST_SUMS / 20, 20)).doesNotThrowAnyException();
        assertThatThrownBy(() -> ErrorSums.checkSize(ErrorSums.MOST_SUMS / 20 + 1, 20))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("250001 users x 20 systems are more than the 5000000 sums that one comparison holds;"
                        + " sample rows with predict.rows");
    }
}
