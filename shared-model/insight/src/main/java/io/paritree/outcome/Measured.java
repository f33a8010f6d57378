package io.paritree.outcome;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.List;

/** How good the scores of a group of rows were. */
public sealed interface Measured
    permits BinaryMeasures, ValueMeasures, ClassMeasures, RankMeasures {
  /** Returns the number of rows. */
  long rows();

  /** Returns the measures that are one number each, always the same ones in the same order. */
  List<Measure> measures();

  /** Writes all measures into an open object. */
  void write(JsonGenerator json) throws IOException;
}
