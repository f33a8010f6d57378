package io.paritree.serving.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Of the identifiers that a caller sends, only valid ones reach the answer and the logs. */
class RequestOriginTest {
  @ParameterizedTest
  @CsvSource({
    "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01, true",
    "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more, true",
    "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more, false",
    "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01, false",
    "00-00000000000000000000000000000000-b7ad6b7169203331-01, false",
    "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01, false",
    "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01, false",
    "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0, false",
    "00_0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01, false",
    "'', false"
  })
  void onlyAValidTraceParentIsRepeated(String text, boolean valid) {
    assertThat(RequestOrigin.isTraceParent(text)).isEqualTo(valid);
  }
}
