#include "sentencepiece_shim.h"

#include <sentencepiece_processor.h>
#include <sentencepiece_trainer.h>

#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

// Exported by the library, though its headers do not declare it.
namespace sentencepiece::logging {
void SetMinLogLevel(int level);
}

namespace {

// Errors only: the library otherwise tells standard error what it does.
constexpr int kErrors = 2;

// SentencePiece writes a space as U+2581 inside pieces, so the character itself would come back as
// a space. It is encoded as its three bytes instead.
constexpr std::string_view kSpaceMark = "\xe2\x96\x81";
// Words remembered before the memory starts anew: bounds an encoder to tens of megabytes.
constexpr size_t kWordLimit = 1 << 18;
// Longer words are rare and would fill the memory.
constexpr size_t kWordBytes = 64;

sp_bytes copied(std::string_view text) {
  auto *data = static_cast<char *>(std::malloc(text.size() + 1));
  std::memcpy(data, text.data(), text.size());
  data[text.size()] = '\0';
  return {data, text.size()};
}

class Texts final : public sentencepiece::SentenceIterator {
 public:
  Texts(const char *const *texts, const size_t *counts, size_t count)
      : texts_(texts), counts_(counts), count_(count) {
    load();
  }
  bool done() const override { return index_ == count_; }
  void Next() override {
    ++index_;
    load();
  }
  const std::string &value() const override { return value_; }
  sentencepiece::util::Status status() const override { return {}; }

 private:
  void load() {
    if (index_ < count_) value_.assign(texts_[index_], counts_[index_]);
  }

  const char *const *texts_;
  const size_t *counts_;
  size_t count_;
  size_t index_ = 0;
  std::string value_;
};

}  // namespace

struct sp_model {
  sentencepiece::SentencePieceProcessor processor;
  std::vector<int32_t> space_mark;
  // No piece crosses a space or a line break, so words can be encoded one by one.
  bool by_word = true;
};

struct sp_encoder {
  const sp_model *model;
  std::vector<int32_t> ids;
  std::unordered_map<std::string, std::vector<int>> words;
  std::string key;
};

void sp_free(sp_bytes bytes) { std::free(bytes.data); }

sp_model *sp_model_load(const void *data, size_t count, sp_bytes *error) {
  sentencepiece::logging::SetMinLogLevel(kErrors);
  auto model = new sp_model;
  auto status = model->processor.LoadFromSerializedProto(
      std::string_view(static_cast<const char *>(data), count));
  if (!status.ok()) {
    *error = copied(status.error_message());
    delete model;
    return nullptr;
  }
  for (const char *piece : {"<0xE2>", "<0x96>", "<0x81>"}) {
    int32_t id = sp_model_piece(model, piece);
    if (id >= 0) model->space_mark.push_back(id);
  }
  for (int id = 0; id < model->processor.GetPieceSize(); ++id) {
    const std::string &piece = model->processor.IdToPiece(id);
    if (piece.find(kSpaceMark, 1) != std::string::npos || piece.find('\n') != std::string::npos) {
      model->by_word = false;
    }
  }
  return model;
}

void sp_model_free(sp_model *model) { delete model; }

int32_t sp_model_vocabulary(const sp_model *model) { return model->processor.GetPieceSize(); }

int32_t sp_model_piece(const sp_model *model, const char *piece) {
  int id = model->processor.PieceToId(piece);
  return model->processor.IdToPiece(id) == piece ? id : -1;
}

sp_encoder *sp_encoder_create(const sp_model *model) { return new sp_encoder{model, {}, {}, {}}; }

void sp_encoder_free(sp_encoder *encoder) { delete encoder; }

// Appends the pieces of a text that has no word boundary inside, or whose model needs it whole.
static void append_word(sp_encoder *encoder, std::string_view word) {
  if (word.empty()) return;
  std::vector<int> pieces;
  if (word.size() > kWordBytes) {
    (void)encoder->model->processor.Encode(word, &pieces);
    encoder->ids.insert(encoder->ids.end(), pieces.begin(), pieces.end());
    return;
  }
  encoder->key.assign(word);
  auto found = encoder->words.find(encoder->key);
  if (found == encoder->words.end()) {
    if (encoder->words.size() >= kWordLimit) encoder->words.clear();
    (void)encoder->model->processor.Encode(word, &pieces);
    found = encoder->words.emplace(encoder->key, std::move(pieces)).first;
  }
  encoder->ids.insert(encoder->ids.end(), found->second.begin(), found->second.end());
}

static void append_plain(sp_encoder *encoder, std::string_view text) {
  if (!encoder->model->by_word) {
    std::vector<int> pieces;
    (void)encoder->model->processor.Encode(text, &pieces);
    encoder->ids.insert(encoder->ids.end(), pieces.begin(), pieces.end());
    return;
  }
  size_t start = 0;
  while (start < text.size()) {
    size_t end = text.find_first_of(" \n", start + 1);
    if (end == std::string_view::npos) end = text.size();
    append_word(encoder, text.substr(start, end - start));
    start = end;
  }
}

size_t sp_encoder_encode(sp_encoder *encoder, const char *text, size_t count,
                         const int32_t **ids) {
  encoder->ids.clear();
  std::string_view rest(text, count);
  const auto &mark = encoder->model->space_mark;
  while (mark.size() == 3) {
    size_t position = rest.find(kSpaceMark);
    if (position == std::string_view::npos) break;
    append_plain(encoder, rest.substr(0, position));
    encoder->ids.insert(encoder->ids.end(), mark.begin(), mark.end());
    rest.remove_prefix(position + kSpaceMark.size());
  }
  append_plain(encoder, rest);
  *ids = encoder->ids.data();
  return encoder->ids.size();
}

sp_bytes sp_model_decode(const sp_model *model, const int32_t *ids, size_t count) {
  std::vector<int> known;
  known.reserve(count);
  for (size_t index = 0; index < count; ++index) {
    if (ids[index] >= 0 && ids[index] < model->processor.GetPieceSize()) {
      known.push_back(ids[index]);
    }
  }
  std::string text;
  (void)model->processor.Decode(known, &text);
  return copied(text);
}

sp_bytes sp_train(const char *arguments, const char *const *texts, const size_t *counts,
                  size_t text_count, sp_bytes *error) {
  sentencepiece::logging::SetMinLogLevel(kErrors);
  Texts iterator(texts, counts, text_count);
  std::string model;
  auto status =
      sentencepiece::SentencePieceTrainer::Train(std::string_view(arguments), &iterator, &model);
  if (!status.ok()) {
    *error = copied(status.error_message());
    return {nullptr, 0};
  }
  return copied(model);
}
