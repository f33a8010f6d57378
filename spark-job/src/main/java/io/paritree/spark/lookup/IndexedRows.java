package io.paritree.spark.lookup;

import io.paritree.lookup.KeyForm;
import io.paritree.lookup.RowBytes;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.parquet.io.api.Converter;
import org.apache.parquet.io.api.GroupConverter;
import org.apache.parquet.io.api.PrimitiveConverter;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;

/**
 * The scored rows of a partition. A run's files have their columns in this order: keys, passed
 * columns, scores, the job's other columns, and last the model's version, which the index has only
 * once. Not thread-safe.
 */
public final class IndexedRows implements RowFile.Rows {
  private final List<String> keyNames;
  private final List<String> scoreNames;
  private final RowBytes to;
  private final float[] scores;
  private final MemberText members = new MemberText();
  private final JsonValues json = new JsonValues(members);
  private KeyValues keys;
  private boolean hasMembers;
  private JsonValues.Fields passed;
  private JsonValues.Fields own;

  /**
   * @param keys the columns of the key
   * @param scores the columns of the scores
   */
  IndexedRows(List<String> keys, List<String> scores, RowBytes to) {
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
    IndexedRows rows = new IndexedRows(keys, scores, new RowBytes(0));
    rows.values(rows.columns(stored));
    return rows.keys.form();
  }

  @Override
  public MessageType columns(MessageType stored) throws UnusableRowsException {
    keys = new KeyValues(stored, keyNames);
    return new MessageType(
        stored.getName(), stored.getFields().subList(0, stored.getFieldCount() - 1));
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
        values.add(score(at - first));
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

  private Converter score(int score) {
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
