package io.paritree.lookup.parquet;

import io.paritree.lookup.KeyForm;
import io.paritree.lookup.build.RowBytes;
import io.paritree.output.ScoreColumns;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.parquet.io.api.Converter;
import org.apache.parquet.io.api.GroupConverter;
import org.apache.parquet.io.api.PrimitiveConverter;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;

/**
 * The scored rows of a partition: keys, passed columns, scores, the job's other columns, and last
 * the model's version, which the index has only once. Not thread-safe.
 */
public final class ScoredRows implements RowFile.Rows {
  private final List<String> keyNames;
  private final List<String> scoreNames;
  private final RowBytes to;
  private final float[] scores;
  private final MemberText members = new MemberText();
  private final JsonValues json = new JsonValues(members);
  private KeyValues keys;
  private KeyForm form;
  private boolean hasMembers;
  private JsonValues.Fields passed;
  private JsonValues.Fields own;

  /**
   * @param keys the columns of the key
   * @param scores the columns of the scores
   */
  public ScoredRows(List<String> keys, List<String> scores, RowBytes to) {
    this.keyNames = List.copyOf(keys);
    this.scoreNames = List.copyOf(scores);
    this.to = to;
    this.scores = new float[scores.size()];
  }

  /**
   * Returns the columns of the key of files with these columns.
   *
   * @throws UnusableRowsException if an index cannot have the rows of such files
   */
  public static KeyForm form(MessageType stored, List<String> keys, List<String> scores)
      throws UnusableRowsException {
    ScoredRows rows = new ScoredRows(keys, scores, new RowBytes(0));
    rows.values(rows.columns(stored));
    return rows.form;
  }

  /** Returns the columns of the key; null before a file was read. */
  KeyForm form() {
    return form;
  }

  @Override
  public MessageType columns(MessageType stored) throws UnusableRowsException {
    int last = stored.getFieldCount() - 1;
    keys = new KeyValues(stored, keyNames);
    if (form != null && !form.equals(keys.form())) {
      throw new UnusableRowsException("its keys have other types than those of other files");
    }

    form = keys.form();
    List<String> names = stored.getFields().stream().map(Type::getName).toList();
    int first = names.indexOf(scoreNames.get(0));
    int end = first + scoreNames.size();
    if (!names.get(last).equals(ScoreColumns.MODEL_VERSION)
        || !names.subList(0, keyNames.size()).equals(keyNames)
        || first < keyNames.size()
        || end > last
        || !names.subList(first, end).equals(scoreNames)) {
      throw new UnusableRowsException(
          "its columns %s are not those of a run with keys %s and scores %s"
              .formatted(names, keyNames, scoreNames));
    }

    for (Type field : stored.getFields()) {
      if (field.isRepetition(Type.Repetition.REPEATED)) {
        throw new UnusableRowsException(
            "its column '%s' is repeated, which the job writes of none".formatted(field.getName()));
      }
    }

    return new MessageType(stored.getName(), stored.getFields().subList(0, last));
  }

  @Override
  public GroupConverter values(MessageType columns) throws UnusableRowsException {
    List<String> names = columns.getFields().stream().map(Type::getName).toList();
    int keyColumns = keyNames.size();
    int first = names.indexOf(scoreNames.get(0));
    int end = first + scores.length;
    passed = json.new Fields(names.subList(keyColumns, first));
    own = json.new Fields(names.subList(end, names.size()).stream().map(MemberText::name).toList());
    hasMembers = first > keyColumns || end < names.size();
    List<Converter> values = new ArrayList<>();
    for (int at = 0; at < names.size(); at++) {
      Type type = columns.getType(at);
      if (at < keyColumns) {
        values.add(keys.converter(at, type.asPrimitiveType()));
      } else if (at < first) {
        values.add(json.converter(type, passed.at(at - keyColumns)));
      } else if (at < end) {
        values.add(score(type, at - first));
      } else {
        JsonValues.Place place = own.at(at - end);
        values.add(
            json.converter(
                type,
                () -> {
                  endPassed();
                  place.reach();
                }));
      }
    }

    return new JsonValues.Group(values) {
      @Override
      void begin() throws IOException {
        beginRow();
      }

      @Override
      void finish() throws IOException {
        endRow();
      }
    };
  }

  private Converter score(Type type, int score) throws UnusableRowsException {
    if (!type.isPrimitive()
        || type.asPrimitiveType().getPrimitiveTypeName() != PrimitiveTypeName.FLOAT) {
      throw new UnusableRowsException("column '%s' is no float".formatted(type.getName()));
    }

    return new PrimitiveConverter() {
      @Override
      public void addFloat(float value) {
        scores[score] = value;
      }
    };
  }

  private void beginRow() throws IOException {
    keys.clear();
    if (hasMembers) {
      members.begin();
      own.begin();
      if (!passed.isEmpty()) {
        members.beginPassed();
        passed.begin();
      }
    }
  }

  private void endPassed() throws IOException {
    if (members.isInPassed()) {
      passed.end();
      members.endPassed();
    }
  }

  private void endRow() throws IOException {
    if (hasMembers) {
      endPassed();
      own.end();
      members.end();
    }
  }

  @Override
  public void take() {
    if (keys.isComplete()) {
      to.addScored(keys.key(), scores, members.array(), members.length());
    } else {
      to.addWithoutKey();
    }
  }
}
