package io.paritree.spark.sql;

import io.paritree.Fault;
import io.paritree.model.ScoringModel;
import io.paritree.spark.rows.FaultList;
import io.paritree.spark.rows.ScoreFields;
import io.paritree.spark.task.TaskPlan;
import java.util.List;
import java.util.function.Function;
import org.apache.spark.sql.execution.vectorized.Dictionary;
import org.apache.spark.sql.execution.vectorized.OnHeapColumnVector;
import org.apache.spark.sql.execution.vectorized.WritableColumnVector;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.vectorized.ColumnVector;
import org.apache.spark.unsafe.types.UTF8String;

/** A column of results, filled batch by batch. Not thread-safe. */
abstract sealed class ResultVector {
  private final WritableColumnVector vector;

  ResultVector(DataType type) {
    this.vector = new OnHeapColumnVector(TaskPlan.BLOCK_ROWS, type);
  }

  /**
   * Returns a column of results.
   *
   * @param margins how many columns of margins follow those of scores
   * @param column its index among scores, margins, the label where there is one, and faults
   */
  static ResultVector of(ScoringModel model, int margins, int column) {
    int scores = model.engine().scores();
    if (column < scores) {
      return new Floats(ScoredBlock::scores, column, scores);
    } else if (column < scores + margins) {
      return new Floats(ScoredBlock::margins, column - scores, margins);
    }

    return column == scores + margins && model.outputs().hasLabel()
        ? new Labels(model)
        : new FaultLists();
  }

  /** Returns the results of a batch; valid until those of the next one. */
  final ColumnVector of(ScoredBlock batch, int rows) {
    vector.reset();
    fill(vector, batch, rows);
    return vector;
  }

  abstract void fill(WritableColumnVector to, ScoredBlock batch, int rows);

  /** Scores or margins of one output. */
  private static final class Floats extends ResultVector {
    private final Function<ScoredBlock, float[]> values;
    private final int output;
    private final int outputs;

    Floats(Function<ScoredBlock, float[]> values, int output, int outputs) {
      super(DataTypes.FloatType);
      this.values = values;
      this.output = output;
      this.outputs = outputs;
    }

    @Override
    void fill(WritableColumnVector to, ScoredBlock batch, int rows) {
      float[] from = values.apply(batch);
      if (outputs == 1) {
        to.putFloats(0, rows, from, 0);
      } else {
        for (int row = 0; row < rows; row++) {
          to.putFloat(row, from[row * outputs + output]);
        }
      }

      for (int row = 0; batch.faults().faulty() > 0 && row < rows; row++) {
        if (batch.faults().isFaulty(row)) {
          to.putNull(row);
        }
      }
    }
  }

  /** Labels, as the numbers of their classes and a dictionary. */
  private static final class Labels extends ResultVector {
    private final ScoringModel model;
    private final Dictionary labels;

    Labels(ScoringModel model) {
      super(DataTypes.StringType);
      this.model = model;
      this.labels = new LabelDictionary(ScoreFields.labels(model));
    }

    @Override
    void fill(WritableColumnVector to, ScoredBlock batch, int rows) {
      to.setDictionary(labels);
      WritableColumnVector ids = to.reserveDictionaryIds(TaskPlan.BLOCK_ROWS);
      int perRow = model.engine().scores();
      for (int row = 0; row < rows; row++) {
        if (batch.faults().faulty() > 0 && batch.faults().isFaulty(row)) {
          to.putNull(row);
        } else {
          ids.putInt(row, model.outputs().classIndex(batch.scores(), row * perRow));
        }
      }
    }
  }

  /** The labels of classes by their numbers. */
  private record LabelDictionary(UTF8String[] labels) implements Dictionary {
    @Override
    public byte[] decodeToBinary(int id) {
      return labels[id].getBytes();
    }

    @Override
    public int decodeToInt(int id) {
      throw noNumbers();
    }

    @Override
    public long decodeToLong(int id) {
      throw noNumbers();
    }

    @Override
    public float decodeToFloat(int id) {
      throw noNumbers();
    }

    @Override
    public double decodeToDouble(int id) {
      throw noNumbers();
    }

    private static UnsupportedOperationException noNumbers() {
      return new UnsupportedOperationException("Labels are texts.");
    }
  }

  /** What is wrong with rows. */
  private static final class FaultLists extends ResultVector {
    FaultLists() {
      super(FaultList.TYPE);
    }

    @Override
    void fill(WritableColumnVector to, ScoredBlock batch, int rows) {
      to.putNulls(0, rows);
      for (int row = 0; batch.faults().faulty() > 0 && row < rows; row++) {
        if (batch.faults().isFaulty(row)) {
          put(batch.faults().of(row), to, row);
        }
      }
    }

    private static void put(List<Fault> faults, WritableColumnVector to, int row) {
      WritableColumnVector elements = to.arrayData();
      int first = elements.getElementsAppended();
      for (Fault fault : faults) {
        elements.appendStruct(false);
        List<UTF8String> texts = FaultList.texts(fault);
        for (int at = 0; at < texts.size(); at++) {
          byte[] text = texts.get(at).getBytes();
          elements.getChild(at).appendByteArray(text, 0, text.length);
        }
      }

      to.putNotNull(row);
      to.putArray(row, first, faults.size());
    }
  }
}
