package io.paritree;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FaultTest {

  /** Old answers, quarantines and reports contain the codes, so the codes never change. */
  @ParameterizedTest
  @CsvSource({
    "MISSING_VALUE, missing_value",
    "NOT_FINITE, not_finite",
    "OUT_OF_RANGE, out_of_range",
    "WRONG_TYPE, wrong_type",
    "TOO_LONG, too_long",
    "UNSEEN_CATEGORY, unseen_category",
    "BAD_TIMESTAMP, bad_timestamp",
    "UNKNOWN_FIELD, unknown_field",
    "DUPLICATE_FIELD, duplicate_field",
    "MALFORMED_RECORD, malformed_record",
  })
  void codeIsStable(FaultCode code, String text) {
    assertThat(code.code()).isEqualTo(text);
    assertThat(FaultCode.values()).hasSize(10);
  }

  @Test
  void foreignTextIsCutAndItsControlCharactersAreEscaped() {
    Fault fault =
        new Fault(
            FaultCode.WRONG_TYPE,
            "a\nb",
            "\u0000\r\n\u001b[31m\u202e\u2028\ud800" + "x".repeat(1_000),
            "a number");

    assertThat(fault.got())
        .startsWith("\\u0000\\u000d\\u000a\\u001b[31m\\u202e\\u2028\\ud800xxx")
        .endsWith("x...")
        .hasSize(103);
    assertThat(fault.toString()).startsWith("'a\\u000ab' wrong_type: got ").doesNotContain("\n");
  }

  @Test
  void textWithinTheLimitIsUnchanged() {
    String text = "ä 日 \ud83d\ude00 \"quoted\" " + "x".repeat(80);

    assertThat(Fault.printable(text, 100)).isEqualTo(text);
  }

  @Test
  void cutNeverSplitsACharacter() {
    assertThat(Fault.printable("\ud83d\ude00".repeat(60), 101))
        .isEqualTo("\ud83d\ude00".repeat(51) + "...");
  }

  @Test
  void faultReadsAsASentenceWithItsHint() {
    assertThat(new Fault(FaultCode.UNKNOWN_FIELD, "orign", "a field", "a known one", "try origin"))
        .hasToString("'orign' unknown_field: got a field, expected a known one (try origin)");
    assertThat(new Fault(FaultCode.MALFORMED_RECORD, "", "2 cells", "3 cells"))
        .hasToString("malformed_record: got 2 cells, expected 3 cells");
  }

  @Test
  void invalidRowKeepsItsFaultsAndCostsNoStackTrace() {
    Fault fault = new Fault(FaultCode.MISSING_VALUE, "a", "no value", "a value");
    InvalidRowException invalid = new InvalidRowException(List.of(fault));

    assertThat(invalid.faults()).containsExactly(fault);
    assertThat(invalid.getStackTrace()).isEmpty();
    assertThat(invalid)
        .hasMessage("Cannot score the record: ['a' missing_value: got no value, expected a value]");
  }
}
