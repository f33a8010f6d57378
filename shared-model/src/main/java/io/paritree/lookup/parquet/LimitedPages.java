package io.paritree.lookup.parquet;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.page.DataPage;
import org.apache.parquet.column.page.DataPageV1;
import org.apache.parquet.column.page.DataPageV2;
import org.apache.parquet.column.page.DictionaryPage;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.column.page.PageReader;
import org.apache.parquet.compression.CompressionCodecFactory;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.hadoop.util.HadoopCodecs;

/**
 * The pages of a row group, within limits: Parquet's reader takes the memory that the header of a
 * page asks for, and a few compressed bytes may be a page of gigabytes.
 */
record LimitedPages(PageReadStore pages, Map<String, Long> held) implements PageReadStore {
  /** What the heap has for a page, and for all that are held at one time. */
  private static final int HEAP_PER_PAGE = 16;

  private static final int HEAP_PER_GROUP = 4;

  /** About how many bytes an entry of a dictionary takes beside its value. */
  private static final int BYTES_PER_ENTRY = 48;

  /** The encodings of the job's files. Others take the memory that the content of a page says. */
  @SuppressWarnings("deprecation") // the encodings of version 1 pages
  private static final Set<Encoding> ENCODINGS =
      Set.of(
          Encoding.PLAIN,
          Encoding.RLE,
          Encoding.BIT_PACKED,
          Encoding.PLAIN_DICTIONARY,
          Encoding.RLE_DICTIONARY);

  /** The pages need more than there is; the message says what and how much. */
  static final class LimitException extends RuntimeException {
    private LimitException(String message) {
      super(message);
    }
  }

  LimitedPages(PageReadStore pages) {
    this(pages, new HashMap<>());
  }

  private static void check(String what, long bytes, int share) {
    long most = Runtime.getRuntime().maxMemory() / share;
    if (bytes < 0 || bytes > most) {
      throw new LimitException(
          "%s %s bytes, but with this heap the server reads at most %s (-Xmx)"
              .formatted(what, bytes, most));
    }
  }

  private static void check(Encoding encoding) {
    if (!ENCODINGS.contains(encoding)) {
      throw new LimitException(
          "it has a page of encoding %s, expected one of %s".formatted(encoding, ENCODINGS));
    }
  }

  /** Adds the held bytes of a column to the held bytes of all columns. */
  private void hold(String place, long bytes) {
    held.merge(place, bytes, Math::max);
    long all = held.values().stream().mapToLong(Long::longValue).sum();
    check("the pages that are read at one time have", all, HEAP_PER_GROUP);
  }

  @Override
  public PageReader getPageReader(ColumnDescriptor column) {
    PageReader reader = pages.getPageReader(column);
    String name = String.join(".", column.getPath());
    return new PageReader() {
      @Override
      public DictionaryPage readDictionaryPage() {
        DictionaryPage page = reader.readDictionaryPage();
        if (page != null) {
          check(page.getEncoding());
          long entries = page.getDictionarySize();
          if (entries < 0 || entries > page.getUncompressedSize()) {
            throw new LimitException(
                "it is damaged: a dictionary of %s bytes is said to have %s entries"
                    .formatted(page.getUncompressedSize(), entries));
          }

          hold("dictionary of " + name, page.getUncompressedSize() + entries * BYTES_PER_ENTRY);
        }

        return page;
      }

      @Override
      public long getTotalValueCount() {
        return reader.getTotalValueCount();
      }

      @Override
      public DataPage readPage() {
        DataPage page = reader.readPage();
        if (page != null) {
          page.accept(ENCODING_CHECK);
          hold(name, page.getUncompressedSize());
        }

        return page;
      }
    };
  }

  private static final DataPage.Visitor<Void> ENCODING_CHECK =
      new DataPage.Visitor<>() {
        @Override
        public Void visit(DataPageV1 page) {
          check(page.getValueEncoding());
          check(page.getDlEncoding());
          check(page.getRlEncoding());
          return null;
        }

        @Override
        public Void visit(DataPageV2 page) {
          check(page.getDataEncoding());
          return null;
        }
      };

  @Override
  public long getRowCount() {
    return pages.getRowCount();
  }

  /** Unpacks only pages that the heap has room for. */
  static final class Codecs implements CompressionCodecFactory {
    private final CompressionCodecFactory codecs = HadoopCodecs.newFactory(0);

    @Override
    public BytesInputCompressor getCompressor(CompressionCodecName name) {
      return codecs.getCompressor(name);
    }

    @Override
    public BytesInputDecompressor getDecompressor(CompressionCodecName name) {
      BytesInputDecompressor all = codecs.getDecompressor(name);
      return new BytesInputDecompressor() {
        @Override
        public BytesInput decompress(BytesInput bytes, int unpacked) throws IOException {
          check("a page has", unpacked, HEAP_PER_PAGE);
          return all.decompress(bytes, unpacked);
        }

        @Override
        public void decompress(ByteBuffer from, int bytes, ByteBuffer to, int unpacked)
            throws IOException {
          check("a page has", unpacked, HEAP_PER_PAGE);
          all.decompress(from, bytes, to, unpacked);
        }

        @Override
        public void release() {
          all.release();
        }
      };
    }

    @Override
    public void release() {
      codecs.release();
    }
  }
}
