package io.paritree.serving.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.FaultCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FaultTotalsTest {
  @Test
  void fieldsThatCallersNameAreCountedTogether() {
    FaultTotals totals = new FaultTotals(Set.of("a"));
    for (int field = 0; field < 1_000; field++) {
      totals.add(FaultCode.UNKNOWN_FIELD, "made up " + field);
    }

    totals.add(FaultCode.MISSING_VALUE, "a");
    totals.add(FaultCode.MISSING_VALUE, "a");
    totals.add(FaultCode.MALFORMED_RECORD, "");
    totals.forget(FaultCode.MISSING_VALUE, "a");

    assertThat(counted(totals))
        .containsExactlyInAnyOrder("other unknown_field 1000", " malformed_record 1");
    assertThat(totals.count()).isEqualTo(1_001);
  }

  private static List<String> counted(FaultTotals totals) {
    List<String> counted = new ArrayList<>();
    totals.forEach((field, code, count) -> counted.add(field + " " + code.code() + " " + count));
    return counted;
  }
}
