#include "harness/conformance/subject.h"

#include "fakekube/store/object.h"

namespace drydock::harness::conformance {
namespace {

using fakekube::ApiServer;

constexpr const char* kServer = "10.96.0.1";
constexpr const char* kWatchListServer = "10.96.0.2";
constexpr uint16_t kPort = 443;
constexpr Duration kCallTime = seconds(30);
constexpr Duration kBetweenCrds = milliseconds(100);  // each is settled before the next one
constexpr Duration kSettleTime = seconds(2);          // controllers start, definitions are served

fakekube::UserInfo admin() {
  return {
      .name = "admin", .uid = "admin-uid", .groups = {"system:masters", "system:authenticated"}};
}

// What every namespace has, if no answer showed it whole.
void complete_namespace(const std::string& name, json::value& object) {
  json_at(object, {"metadata", "labels", "kubernetes.io/metadata.name"}) = name;
  if (json_find(object, {"spec"}) == nullptr)
    json_at(object, {"spec", "finalizers"}) = json::array{"kubernetes"};
  if (json_find(object, {"status"}) == nullptr) json_at(object, {"status", "phase"}) = "Active";
}

std::vector<std::string> documents(const std::string& yaml) {
  constexpr std::string_view kMark = "\n---\n";
  std::vector<std::string> parts;
  size_t at = 0;
  while (at < yaml.size()) {
    const size_t end = std::min(yaml.find(kMark, at), yaml.size());
    parts.push_back(yaml.substr(at, end - at));
    at = end + kMark.size();
  }
  return parts;
}

}  // namespace

// Echoes what it is asked, as the recorded one did; it has no earlier containers.
class Subject::Kubelets : public fakekube::KubeletConnection {
 public:
  Result<HttpReply> get(const Address& /*address*/, std::string_view target) override {
    const size_t mark = target.find('?');
    const std::string path(target.substr(0, mark));
    const std::string query(mark == std::string_view::npos ? "" : target.substr(mark + 1));
    HttpResponse response{.status = 200, .headers = {}, .body = {}};
    response.headers.emplace_back("Content-Type", "text/plain");
    if (query.find("previous=true") != std::string::npos) {
      response.status = 400;
      response.body = Body("previous terminated container \"c\" in pod \"p\" not found");
    } else {
      response.body = Body("asked " + path + " " + query + "\nline 1\nline 2\nline 3\n");
    }
    return HttpReply(std::move(response));
  }
};

Subject::Subject(WallTime epoch)
    : simulation_(sim::SimulationOptions{.epoch = epoch}),
      control_(simulation_.add_process("control-plane", "control", kServer)),
      client_(simulation_.add_process("client", "client", "10.0.0.1")),
      storage_(std::make_shared<fakekube::Storage>(control_)),
      kubelets_(std::make_unique<Kubelets>()) {
  servers_.push_back(serve(kServer, false));
  servers_.push_back(serve(kWatchListServer, true));
  for (const char* name : {"default", "kube-system", "kube-public", "kube-node-lease"})
    servers_.front()->create_namespace(name);
  controllers_ = fakekube::start_controllers(
      *servers_.front(), control_,
      {"garbage-collector", "namespace", "serviceaccount", "pvc-protection"});
}

Subject::~Subject() {
  for (const auto& process : simulation_.processes()) simulation_.kill(*process);
  simulation_.settle();
}

std::shared_ptr<ApiServer> Subject::serve(const char* host, bool watch_list) {
  fakekube::ApiServerOptions options;
  options.managed_fields = true;
  options.product_crds = false;
  options.complete_answers = true;
  options.late_answers_percent = 0;
  options.watch_list = watch_list;
  sim::Process& process =
      host == std::string(kServer) ? control_ : simulation_.add_process("second", "second", host);
  auto server = std::make_shared<ApiServer>(process, storage_, options);
  server->access().set_enforced(true);
  server->access().add_token("peer-token", admin());
  server->access().add_token(
      "plain-token", {.name = "plain", .uid = "plain-uid", .groups = {"system:authenticated"}});
  server->set_kubelet_connection(kubelets_.get());
  auto listener = process.wire().serve(
      kPort, [server](const HttpRequest& request) { return server->handle(request); });
  DRYDOCK_CHECK(listener.ok(), "the server can't listen");
  process.keep(std::shared_ptr<Listener>(std::move(*listener)));
  return server;
}

Address Subject::address(bool watch_list) const {
  return {watch_list ? kWatchListServer : kServer, kPort};
}

Status Subject::install_crds(const std::string& yaml) {
  for (const std::string& document : documents(yaml)) {
    HttpRequest request{.method = "POST",
                        .target =
                            "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
                            "?fieldManager=kubectl-create",
                        .headers = {{"Authorization", "Bearer peer-token"},
                                    {"Accept", "application/json"},
                                    {"Content-Type", "application/yaml"}},
                        .body = Body(document)};
    Result<HttpResponse> answer =
        wire().call(address(false), std::move(request), env().now() + kCallTime);
    if (!answer.ok()) return answer.status();
    if (answer->status != 201)
      return Status(Code::kInvalid, "a CRD was refused: " + answer->body.text());
    DRYDOCK_RETURN_IF_ERROR(env().sleep_for(kBetweenCrds));
  }
  return env().sleep_for(kSettleTime);
}

std::string Subject::put(const Fixture& fixture) {
  const ApiPath& path = fixture.path;
  const fakekube::ResourceType* type =
      servers_.front()->find_type(path.group, path.version, path.plural);
  if (type == nullptr) return "";
  const fakekube::ResourceType& stored = type->stored_as != nullptr ? *type->stored_as : *type;
  json::value object = fixture.object;
  if (type->to_stored != nullptr) type->to_stored(object);
  object.get_object()["kind"] = std::string(stored.kind);
  object.get_object()["apiVersion"] = std::string(stored.api_version);
  json::object& metadata = fakekube::mutable_metadata(object);
  if (!path.namespace_name.empty()) metadata["namespace"] = path.namespace_name;
  fakekube::set_default(metadata, "uid", json::value(json::string(servers_.front()->new_uid())));
  fakekube::set_default(metadata, "creationTimestamp",
                        json::value(json::string(servers_.front()->now_text())));
  if (stored.plural == "namespaces") complete_namespace(path.name, object);
  fakekube::order_members(stored, object);
  fakekube::set_revision(object, storage_->store().next_revision_text());
  return std::to_string(
      storage_->store().put(stored, path.namespace_name, path.name, std::move(object)).revision);
}

void Subject::remove(const ApiPath& path) {
  const fakekube::ResourceType* type =
      servers_.front()->find_type(path.group, path.version, path.plural);
  if (type == nullptr) return;
  const fakekube::ResourceType& stored = type->stored_as != nullptr ? *type->stored_as : *type;
  fakekube::Store& store = storage_->store();
  const fakekube::Object* object = store.find(stored, path.namespace_name, path.name);
  if (object == nullptr) return;
  store.erase(stored, path.namespace_name, path.name,
              fakekube::with_revision(*object->value, store.next_revision()));
}

std::string Subject::write_elsewhere() {
  fakekube::Store& store = storage_->store();
  json::value lease = json::object{
      {"apiVersion", "coordination.k8s.io/v1"},
      {"kind", "Lease"},
      {"metadata", {{"name", "apiserver"}, {"namespace", "kube-system"}, {"uid", "apiserver"}}}};
  fakekube::set_revision(lease, store.next_revision_text());
  return std::to_string(
      store.put(fakekube::kLeases, "kube-system", "apiserver", std::move(lease)).revision);
}

// A real cluster's components write all the time: what was read just now is the past.
void Subject::compact() {
  (void)write_elsewhere();
  storage_->store().compact(storage_->store().revision());
}

}  // namespace drydock::harness::conformance
