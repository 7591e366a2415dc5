#include "fakekube/schema/api_type_tables.h"

namespace drydock::fakekube {

const std::string_view kGroupApiTypes = R"(
[apps]
ControllerRevision = +TypeMeta metadata:1:ObjectMeta! data:2:r! revision:3:l!
DaemonSet = +TypeMeta metadata:1:ObjectMeta! spec:2:DaemonSetSpec! status:3:DaemonSetStatus!
DaemonSetCondition = type:1:s:DaemonSetConditionType! status:2:s:ConditionStatus!
  lastTransitionTime:3:t! reason:4:s message:5:s
DaemonSetSpec = selector:1:LabelSelector! template:2:PodTemplateSpec!
  updateStrategy:3:DaemonSetUpdateStrategy! minReadySeconds:4:i revisionHistoryLimit:6:i?
DaemonSetStatus = currentNumberScheduled:1:i! numberMisscheduled:2:i! desiredNumberScheduled:3:i!
  numberReady:4:i! observedGeneration:5:l updatedNumberScheduled:6:i numberAvailable:7:i
  numberUnavailable:8:i collisionCount:9:i? conditions:10:[]DaemonSetCondition@type#type
DaemonSetUpdateStrategy = type:1:s:DaemonSetUpdateStrategyType
  rollingUpdate:2:RollingUpdateDaemonSet
Deployment = +TypeMeta metadata:1:ObjectMeta! spec:2:DeploymentSpec! status:3:DeploymentStatus!
DeploymentCondition = type:1:s:DeploymentConditionType! status:2:s:ConditionStatus!
  lastUpdateTime:6:t! lastTransitionTime:7:t! reason:4:s message:5:s
DeploymentSpec = replicas:1:i? selector:2:LabelSelector! template:3:PodTemplateSpec!
  strategy:4:DeploymentStrategy!^ minReadySeconds:5:i revisionHistoryLimit:6:i? paused:7:b
  progressDeadlineSeconds:9:i?
DeploymentStatus = observedGeneration:1:l replicas:2:i updatedReplicas:3:i readyReplicas:7:i
  availableReplicas:4:i unavailableReplicas:5:i terminatingReplicas:9:i?
  conditions:6:[]DeploymentCondition@type#type collisionCount:8:i?
DeploymentStrategy = type:1:s:DeploymentStrategyType rollingUpdate:2:RollingUpdateDeployment
ReplicaSet = +TypeMeta metadata:1:ObjectMeta! spec:2:ReplicaSetSpec! status:3:ReplicaSetStatus!
ReplicaSetCondition = type:1:s:ReplicaSetConditionType! status:2:s:ConditionStatus!
  lastTransitionTime:3:t! reason:4:s message:5:s
ReplicaSetSpec = replicas:1:i? minReadySeconds:4:i selector:2:LabelSelector!
  template:3:PodTemplateSpec!
ReplicaSetStatus = replicas:1:i! fullyLabeledReplicas:2:i readyReplicas:4:i availableReplicas:5:i
  terminatingReplicas:7:i? observedGeneration:3:l conditions:6:[]ReplicaSetCondition@type#type
RollingUpdateDaemonSet = maxUnavailable:1:x? maxSurge:2:x?
RollingUpdateDeployment = maxUnavailable:1:x? maxSurge:2:x?
RollingUpdateStatefulSetStrategy = partition:1:i? maxUnavailable:2:x?
StatefulSet = +TypeMeta metadata:1:ObjectMeta! spec:2:StatefulSetSpec!
  status:3:StatefulSetStatus!
StatefulSetCondition = type:1:s:StatefulSetConditionType! status:2:s:ConditionStatus!
  lastTransitionTime:3:t! reason:4:s message:5:s
StatefulSetOrdinals = start:1:i!
StatefulSetPersistentVolumeClaimRetentionPolicy =
  whenDeleted:1:s:PersistentVolumeClaimRetentionPolicyType
  whenScaled:2:s:PersistentVolumeClaimRetentionPolicyType
StatefulSetSpec = replicas:1:i? selector:2:LabelSelector! template:3:PodTemplateSpec!
  volumeClaimTemplates:4:[]PersistentVolumeClaim serviceName:5:s!
  podManagementPolicy:6:s:PodManagementPolicyType updateStrategy:7:StatefulSetUpdateStrategy!
  revisionHistoryLimit:8:i? minReadySeconds:9:i
  persistentVolumeClaimRetentionPolicy:10:StatefulSetPersistentVolumeClaimRetentionPolicy
  ordinals:11:StatefulSetOrdinals
StatefulSetStatus = observedGeneration:1:l replicas:2:i! readyReplicas:3:i currentReplicas:4:i
  updatedReplicas:5:i currentRevision:6:s updateRevision:7:s collisionCount:9:i?
  conditions:10:[]StatefulSetCondition@type#type availableReplicas:11:i!
StatefulSetUpdateStrategy = type:1:s:StatefulSetUpdateStrategyType
  rollingUpdate:2:RollingUpdateStatefulSetStrategy
[rbac.authorization.k8s.io]
AggregationRule = clusterRoleSelectors:1:[]LabelSelector
ClusterRole = +TypeMeta metadata:1:ObjectMeta! rules:2:[]PolicyRule!
  aggregationRule:3:AggregationRule
ClusterRoleBinding = +TypeMeta metadata:1:ObjectMeta! subjects:2:[]rbac.Subject
  roleRef:3:RoleRef!
PolicyRule = verbs:1:[]s! apiGroups:2:[]s resources:3:[]s resourceNames:4:[]s
  nonResourceURLs:5:[]s
Role = +TypeMeta metadata:1:ObjectMeta! rules:2:[]PolicyRule!
RoleBinding = +TypeMeta metadata:1:ObjectMeta! subjects:2:[]rbac.Subject roleRef:3:RoleRef!
RoleRef~ = apiGroup:1:s! kind:2:s! name:3:s!
rbac.Subject~ = kind:1:s! apiGroup:2:s name:3:s! namespace:4:s
[networking.k8s.io]
HTTPIngressPath = path:1:s pathType:3:s:PathType!? backend:2:IngressBackend!
HTTPIngressRuleValue = paths:1:[]HTTPIngressPath!
IPAddress = +TypeMeta metadata:1:ObjectMeta! spec:2:IPAddressSpec!
IPAddressSpec = parentRef:1:ParentReference
IPBlock = cidr:1:s! except:2:[]s
Ingress = +TypeMeta metadata:1:ObjectMeta! spec:2:IngressSpec! status:3:IngressStatus!
IngressBackend = service:4:IngressServiceBackend resource:3:TypedLocalObjectReference
IngressClass = +TypeMeta metadata:1:ObjectMeta! spec:2:IngressClassSpec!
IngressClassParametersReference = apiGroup:1:s? kind:2:s! name:3:s! scope:4:s!? namespace:5:s?
IngressClassSpec = controller:1:s parameters:2:IngressClassParametersReference
IngressLoadBalancerIngress = ip:1:s hostname:2:s ports:4:[]IngressPortStatus
IngressLoadBalancerStatus = ingress:1:[]IngressLoadBalancerIngress
IngressPortStatus = port:1:i! protocol:2:s:Protocol! error:3:s?
IngressRule = host:1:s +IngressRuleValue:2
IngressRuleValue = http:1:HTTPIngressRuleValue
IngressServiceBackend = name:1:s! port:2:ServiceBackendPort!
IngressSpec = ingressClassName:4:s? defaultBackend:1:IngressBackend tls:2:[]IngressTLS
  rules:3:[]IngressRule
IngressStatus = loadBalancer:1:IngressLoadBalancerStatus!
IngressTLS = hosts:1:[]s secretName:2:s
NetworkPolicy = +TypeMeta metadata:1:ObjectMeta! spec:2:NetworkPolicySpec!
NetworkPolicyEgressRule = ports:1:[]NetworkPolicyPort to:2:[]NetworkPolicyPeer
NetworkPolicyIngressRule = ports:1:[]NetworkPolicyPort from:2:[]NetworkPolicyPeer
NetworkPolicyPeer = podSelector:1:LabelSelector namespaceSelector:2:LabelSelector
  ipBlock:3:IPBlock
NetworkPolicyPort = protocol:1:s:Protocol? port:2:x? endPort:3:i?
NetworkPolicySpec = podSelector:1:LabelSelector! ingress:2:[]NetworkPolicyIngressRule
  egress:3:[]NetworkPolicyEgressRule policyTypes:4:[]s:PolicyType
ParentReference = group:1:s resource:2:s namespace:3:s name:4:s
ServiceBackendPort~ = name:1:s number:2:i
ServiceCIDR = +TypeMeta metadata:1:ObjectMeta! spec:2:ServiceCIDRSpec!
  status:3:ServiceCIDRStatus!
ServiceCIDRSpec = cidrs:1:[]s
ServiceCIDRStatus = conditions:1:[]Condition@type#type
[policy]
Eviction = +TypeMeta metadata:1:ObjectMeta! deleteOptions:2:DeleteOptions
PodDisruptionBudget = +TypeMeta metadata:1:ObjectMeta! spec:2:PodDisruptionBudgetSpec!
  status:3:PodDisruptionBudgetStatus!
PodDisruptionBudgetSpec = minAvailable:1:x? selector:2:LabelSelector maxUnavailable:3:x?
  unhealthyPodEvictionPolicy:4:s:UnhealthyPodEvictionPolicyType?
PodDisruptionBudgetStatus = observedGeneration:1:l disruptedPods:2:{}t disruptionsAllowed:3:i!
  currentHealthy:4:i! desiredHealthy:5:i! expectedPods:6:i! conditions:7:[]Condition@type#type
[authorization.k8s.io]
FieldSelectorAttributes = rawSelector:1:s requirements:2:[]FieldSelectorRequirement
LabelSelectorAttributes = rawSelector:1:s requirements:2:[]LabelSelectorRequirement
LocalSubjectAccessReview = +TypeMeta metadata:1:ObjectMeta! spec:2:SubjectAccessReviewSpec!
  status:3:SubjectAccessReviewStatus!
NonResourceAttributes = path:1:s verb:2:s
NonResourceRule = verbs:1:[]s! nonResourceURLs:2:[]s
ResourceAttributes = namespace:1:s verb:2:s group:3:s version:4:s resource:5:s subresource:6:s
  name:7:s fieldSelector:8:FieldSelectorAttributes labelSelector:9:LabelSelectorAttributes
ResourceRule = verbs:1:[]s! apiGroups:2:[]s resources:3:[]s resourceNames:4:[]s
SelfSubjectAccessReview = +TypeMeta metadata:1:ObjectMeta! spec:2:SelfSubjectAccessReviewSpec!
  status:3:SubjectAccessReviewStatus!
SelfSubjectAccessReviewSpec = resourceAttributes:1:ResourceAttributes
  nonResourceAttributes:2:NonResourceAttributes
SelfSubjectRulesReview = +TypeMeta metadata:1:ObjectMeta! spec:2:SelfSubjectRulesReviewSpec!
  status:3:SubjectRulesReviewStatus!
SelfSubjectRulesReviewSpec = namespace:1:s
SubjectAccessReview = +TypeMeta metadata:1:ObjectMeta! spec:2:SubjectAccessReviewSpec!
  status:3:SubjectAccessReviewStatus!
SubjectAccessReviewSpec = resourceAttributes:1:ResourceAttributes
  nonResourceAttributes:2:NonResourceAttributes user:3:s groups:4:[]s extra:5:{}S:ExtraValue
  uid:6:s
SubjectAccessReviewStatus = allowed:1:b! denied:4:b reason:2:s evaluationError:3:s
SubjectRulesReviewStatus = resourceRules:1:[]ResourceRule! nonResourceRules:2:[]NonResourceRule!
  incomplete:3:b! evaluationError:4:s
[authentication.k8s.io]
BoundObjectReference = kind:1:s apiVersion:2:s name:3:s uid:4:s:types.UID
SelfSubjectReview = +TypeMeta metadata:1:ObjectMeta! status:2:SelfSubjectReviewStatus!
SelfSubjectReviewStatus = userInfo:1:UserInfo!
authentication.TokenRequest = +TypeMeta metadata:1:ObjectMeta! spec:2:TokenRequestSpec!
  status:3:TokenRequestStatus!
TokenRequestSpec = audiences:1:[]s! expirationSeconds:4:l!?
  boundObjectRef:3:BoundObjectReference!
TokenRequestStatus = token:1:s! expirationTimestamp:2:t!
TokenReview = +TypeMeta metadata:1:ObjectMeta! spec:2:TokenReviewSpec!
  status:3:TokenReviewStatus!
TokenReviewSpec = token:1:s audiences:2:[]s
TokenReviewStatus = authenticated:1:b user:2:UserInfo! audiences:4:[]s error:3:s
UserInfo = username:1:s uid:2:s groups:3:[]s extra:4:{}S:ExtraValue
[autoscaling]
Scale = +TypeMeta metadata:1:ObjectMeta! spec:2:ScaleSpec! status:3:ScaleStatus!
ScaleSpec = replicas:1:i
ScaleStatus = replicas:1:i! selector:2:s
[autoscaling/v2]
ContainerResourceMetricSource = name:1:s:ResourceName! target:2:MetricTarget! container:3:s!
ContainerResourceMetricStatus = name:1:s:ResourceName! current:2:MetricValueStatus!
  container:3:s!
CrossVersionObjectReference = kind:1:s! name:2:s! apiVersion:3:s
ExternalMetricSource = metric:1:MetricIdentifier! target:2:MetricTarget!
ExternalMetricStatus = metric:1:MetricIdentifier! current:2:MetricValueStatus!
HPAScalingPolicy = type:1:s:HPAScalingPolicyType! value:2:i! periodSeconds:3:i!
HPAScalingRules = stabilizationWindowSeconds:3:i? selectPolicy:1:s:ScalingPolicySelect?
  policies:2:[]HPAScalingPolicy tolerance:4:q?
HorizontalPodAutoscaler = +TypeMeta metadata:1:ObjectMeta! spec:2:HorizontalPodAutoscalerSpec!
  status:3:HorizontalPodAutoscalerStatus!
HorizontalPodAutoscalerBehavior = scaleUp:1:HPAScalingRules scaleDown:2:HPAScalingRules
HorizontalPodAutoscalerCondition = type:1:s:HorizontalPodAutoscalerConditionType!
  status:2:s:ConditionStatus! lastTransitionTime:3:t! reason:4:s message:5:s
HorizontalPodAutoscalerSpec = scaleTargetRef:1:CrossVersionObjectReference! minReplicas:2:i?
  maxReplicas:3:i! metrics:4:[]MetricSpec behavior:5:HorizontalPodAutoscalerBehavior
HorizontalPodAutoscalerStatus = observedGeneration:1:l? lastScaleTime:2:t? currentReplicas:3:i
  desiredReplicas:4:i! currentMetrics:5:[]MetricStatus!
  conditions:6:[]HorizontalPodAutoscalerCondition@type#type
MetricIdentifier = name:1:s! selector:2:LabelSelector
MetricSpec = type:1:s:MetricSourceType! object:2:ObjectMetricSource pods:3:PodsMetricSource
  resource:4:ResourceMetricSource containerResource:7:ContainerResourceMetricSource
  external:5:ExternalMetricSource
MetricStatus = type:1:s:MetricSourceType! object:2:ObjectMetricStatus pods:3:PodsMetricStatus
  resource:4:ResourceMetricStatus containerResource:7:ContainerResourceMetricStatus
  external:5:ExternalMetricStatus
MetricTarget = type:1:s:MetricTargetType! value:2:q? averageValue:3:q? averageUtilization:4:i?
MetricValueStatus = value:1:q? averageValue:2:q? averageUtilization:3:i?
ObjectMetricSource = describedObject:1:CrossVersionObjectReference! target:2:MetricTarget!
  metric:3:MetricIdentifier!
ObjectMetricStatus = metric:1:MetricIdentifier! current:2:MetricValueStatus!
  describedObject:3:CrossVersionObjectReference!
PodsMetricSource = metric:1:MetricIdentifier! target:2:MetricTarget!
PodsMetricStatus = metric:1:MetricIdentifier! current:2:MetricValueStatus!
ResourceMetricSource = name:1:s:ResourceName! target:2:MetricTarget!
ResourceMetricStatus = name:1:s:ResourceName! current:2:MetricValueStatus!
[events.k8s.io]
events.Event = +TypeMeta metadata:1:ObjectMeta! eventTime:2:u! series:3:events.EventSeries
  reportingController:4:s reportingInstance:5:s action:6:s reason:7:s
  regarding:8:ObjectReference! related:9:ObjectReference note:10:s type:11:s
  deprecatedSource:12:EventSource! deprecatedFirstTimestamp:13:t! deprecatedLastTimestamp:14:t!
  deprecatedCount:15:i
events.EventSeries = count:1:i! lastObservedTime:2:u!
[coordination.k8s.io]
Lease = +TypeMeta metadata:1:ObjectMeta! spec:2:LeaseSpec!
LeaseSpec = holderIdentity:1:s? leaseDurationSeconds:2:i? acquireTime:3:u? renewTime:4:u?
  leaseTransitions:5:i? strategy:6:s:CoordinatedLeaseStrategy? preferredHolder:7:s?
[storage.k8s.io]
CSIDriver = +TypeMeta metadata:1:ObjectMeta! spec:2:CSIDriverSpec!
CSIDriverSpec = attachRequired:1:b? podInfoOnMount:2:b?
  volumeLifecycleModes:3:[]s:VolumeLifecycleMode#set storageCapacity:4:b?
  fsGroupPolicy:5:s:FSGroupPolicy? tokenRequests:6:[]storage.TokenRequest requiresRepublish:7:b?
  seLinuxMount:8:b? nodeAllocatableUpdatePeriodSeconds:9:l?
CSINode = +TypeMeta metadata:1:ObjectMeta! spec:2:CSINodeSpec!
CSINodeDriver = name:1:s! nodeID:2:s! topologyKeys:3:[]s! allocatable:4:VolumeNodeResources
CSINodeSpec = drivers:1:[]CSINodeDriver!@name#name
CSIStorageCapacity = +TypeMeta metadata:1:ObjectMeta! nodeTopology:2:LabelSelector
  storageClassName:3:s! capacity:4:q? maximumVolumeSize:5:q?
StorageClass = +TypeMeta metadata:1:ObjectMeta! provisioner:2:s! parameters:3:{}s
  reclaimPolicy:4:s:PersistentVolumeReclaimPolicy? mountOptions:5:[]s allowVolumeExpansion:6:b?
  volumeBindingMode:7:s:VolumeBindingMode? allowedTopologies:8:[]TopologySelectorTerm
storage.TokenRequest = audience:1:s! expirationSeconds:2:l?
VolumeAttachment = +TypeMeta metadata:1:ObjectMeta! spec:2:VolumeAttachmentSpec!
  status:3:VolumeAttachmentStatus!
VolumeAttachmentSource = persistentVolumeName:1:s? inlineVolumeSpec:2:PersistentVolumeSpec
VolumeAttachmentSpec = attacher:1:s! source:2:VolumeAttachmentSource! nodeName:3:s!
VolumeAttachmentStatus = attached:1:b! attachmentMetadata:2:{}s attachError:3:VolumeError
  detachError:4:VolumeError
VolumeError = time:1:t! message:2:s errorCode:3:i?
VolumeNodeResources = count:1:i?
[admissionregistration.k8s.io]
AuditAnnotation = key:1:s! valueExpression:2:s!
ExpressionWarning = fieldRef:2:s! warning:3:s!
MatchCondition = name:1:s! expression:2:s!
MatchResources~ = namespaceSelector:1:LabelSelector objectSelector:2:LabelSelector
  resourceRules:3:[]NamedRuleWithOperations excludeResourceRules:4:[]NamedRuleWithOperations
  matchPolicy:7:s:MatchPolicyType?
MutatingWebhook = name:1:s! clientConfig:2:admissionregistration.WebhookClientConfig!
  rules:3:[]RuleWithOperations failurePolicy:4:s:FailurePolicyType?
  matchPolicy:9:s:MatchPolicyType? namespaceSelector:5:LabelSelector
  objectSelector:11:LabelSelector sideEffects:6:s:SideEffectClass!? timeoutSeconds:7:i?
  admissionReviewVersions:8:[]s! reinvocationPolicy:10:s:ReinvocationPolicyType?
  matchConditions:12:[]MatchCondition@name#name
MutatingWebhookConfiguration = +TypeMeta metadata:1:ObjectMeta!
  webhooks:2:[]MutatingWebhook@name#name
NamedRuleWithOperations~ = resourceNames:1:[]s +RuleWithOperations:2
ParamKind~ = apiVersion:1:s kind:2:s
ParamRef~ = name:1:s namespace:2:s selector:3:LabelSelector
  parameterNotFoundAction:4:s:ParameterNotFoundActionType?
Rule = apiGroups:1:[]s apiVersions:2:[]s resources:3:[]s scope:4:s:ScopeType?
RuleWithOperations = operations:1:[]s:OperationType +Rule:2
admissionregistration.ServiceReference = namespace:1:s! name:2:s! path:3:s? port:4:i?
TypeChecking = expressionWarnings:1:[]ExpressionWarning
ValidatingAdmissionPolicy = +TypeMeta metadata:1:ObjectMeta!
  spec:2:ValidatingAdmissionPolicySpec! status:3:ValidatingAdmissionPolicyStatus!
ValidatingAdmissionPolicyBinding = +TypeMeta metadata:1:ObjectMeta!
  spec:2:ValidatingAdmissionPolicyBindingSpec!
ValidatingAdmissionPolicyBindingSpec = policyName:1:s paramRef:2:ParamRef
  matchResources:3:MatchResources validationActions:4:[]s:ValidationAction#set
ValidatingAdmissionPolicySpec = paramKind:1:ParamKind matchConstraints:2:MatchResources
  validations:3:[]Validation failurePolicy:4:s:FailurePolicyType?
  auditAnnotations:5:[]AuditAnnotation matchConditions:6:[]MatchCondition@name#name
  variables:7:[]Variable@name#name
ValidatingAdmissionPolicyStatus = observedGeneration:1:l typeChecking:2:TypeChecking
  conditions:3:[]Condition#type
ValidatingWebhook = name:1:s! clientConfig:2:admissionregistration.WebhookClientConfig!
  rules:3:[]RuleWithOperations failurePolicy:4:s:FailurePolicyType?
  matchPolicy:9:s:MatchPolicyType? namespaceSelector:5:LabelSelector
  objectSelector:10:LabelSelector sideEffects:6:s:SideEffectClass!? timeoutSeconds:7:i?
  admissionReviewVersions:8:[]s! matchConditions:11:[]MatchCondition@name#name
ValidatingWebhookConfiguration = +TypeMeta metadata:1:ObjectMeta!
  webhooks:2:[]ValidatingWebhook@name#name
Validation = expression:1:s! message:2:s reason:3:s:StatusReason? messageExpression:4:s
Variable~ = name:1:s! expression:2:s!
admissionregistration.WebhookClientConfig = url:3:s?
  service:1:admissionregistration.ServiceReference caBundle:2:y
[apiextensions.k8s.io]
CustomResourceColumnDefinition = name:1:s! type:2:s! format:3:s description:4:s priority:5:i
  jsonPath:6:s!
CustomResourceConversion = strategy:1:s:ConversionStrategyType! webhook:2:WebhookConversion
CustomResourceDefinition = +TypeMeta metadata:1:ObjectMeta! spec:2:CustomResourceDefinitionSpec!
  status:3:CustomResourceDefinitionStatus!
CustomResourceDefinitionCondition = type:1:s:CustomResourceDefinitionConditionType!
  status:2:s:ConditionStatus! lastTransitionTime:3:t! reason:4:s message:5:s
CustomResourceDefinitionNames = plural:1:s! singular:2:s shortNames:3:[]s kind:4:s! listKind:5:s
  categories:6:[]s
CustomResourceDefinitionSpec = group:1:s! names:3:CustomResourceDefinitionNames!
  scope:4:s:ResourceScope! versions:7:[]CustomResourceDefinitionVersion!
  conversion:9:CustomResourceConversion preserveUnknownFields:10:b
CustomResourceDefinitionStatus = conditions:1:[]CustomResourceDefinitionCondition!#type
  acceptedNames:2:CustomResourceDefinitionNames! storedVersions:3:[]s!
CustomResourceDefinitionVersion = name:1:s! served:2:b! storage:3:b! deprecated:7:b
  deprecationWarning:8:s? schema:4:CustomResourceValidation
  subresources:5:CustomResourceSubresources
  additionalPrinterColumns:6:[]CustomResourceColumnDefinition
  selectableFields:9:[]SelectableField
CustomResourceSubresourceScale = specReplicasPath:1:s! statusReplicasPath:2:s!
  labelSelectorPath:3:s?
CustomResourceSubresourceStatus =
CustomResourceSubresources = status:1:CustomResourceSubresourceStatus
  scale:2:CustomResourceSubresourceScale
CustomResourceValidation = openAPIV3Schema:1:r
SelectableField = jsonPath:1:s!
apiextensions.ServiceReference = namespace:1:s! name:2:s! path:3:s? port:4:i?
apiextensions.WebhookClientConfig = url:3:s? service:1:apiextensions.ServiceReference
  caBundle:2:y
WebhookConversion = clientConfig:2:apiextensions.WebhookClientConfig
  conversionReviewVersions:3:[]s!
[batch]
CronJob = +TypeMeta metadata:1:ObjectMeta! spec:2:CronJobSpec! status:3:CronJobStatus!
CronJobSpec = schedule:1:s! timeZone:8:s? startingDeadlineSeconds:2:l?
  concurrencyPolicy:3:s:ConcurrencyPolicy suspend:4:b? jobTemplate:5:JobTemplateSpec!
  successfulJobsHistoryLimit:6:i? failedJobsHistoryLimit:7:i?
CronJobStatus = active:1:[]ObjectReference lastScheduleTime:4:t? lastSuccessfulTime:5:t?
Job = +TypeMeta metadata:1:ObjectMeta! spec:2:JobSpec! status:3:JobStatus!
JobCondition = type:1:s:JobConditionType! status:2:s:ConditionStatus! lastProbeTime:3:t!
  lastTransitionTime:4:t! reason:5:s message:6:s
JobSpec = parallelism:1:i? completions:2:i? activeDeadlineSeconds:3:l?
  podFailurePolicy:11:PodFailurePolicy successPolicy:16:SuccessPolicy backoffLimit:7:i?
  backoffLimitPerIndex:12:i? maxFailedIndexes:13:i? selector:4:LabelSelector manualSelector:5:b?
  template:6:PodTemplateSpec! ttlSecondsAfterFinished:8:i? completionMode:9:s:CompletionMode?
  suspend:10:b? podReplacementPolicy:14:s:PodReplacementPolicy? managedBy:15:s?
JobStatus = conditions:1:[]JobCondition@type startTime:2:t? completionTime:3:t? active:4:i
  succeeded:5:i failed:6:i terminating:11:i? completedIndexes:7:s failedIndexes:10:s?
  uncountedTerminatedPods:8:UncountedTerminatedPods ready:9:i?
JobTemplateSpec = metadata:1:ObjectMeta! spec:2:JobSpec!
PodFailurePolicy = rules:1:[]PodFailurePolicyRule!
PodFailurePolicyOnExitCodesRequirement = containerName:1:s?
  operator:2:s:PodFailurePolicyOnExitCodesOperator! values:3:[]i!#set
PodFailurePolicyOnPodConditionsPattern = type:1:s:PodConditionType! status:2:s:ConditionStatus!
PodFailurePolicyRule = action:1:s:PodFailurePolicyAction!
  onExitCodes:2:PodFailurePolicyOnExitCodesRequirement
  onPodConditions:3:[]PodFailurePolicyOnPodConditionsPattern
SuccessPolicy = rules:1:[]SuccessPolicyRule!
SuccessPolicyRule = succeededIndexes:1:s? succeededCount:2:i?
UncountedTerminatedPods = succeeded:1:[]s:types.UID#set failed:2:[]s:types.UID#set
[discovery.k8s.io]
Endpoint = addresses:1:[]s!#set conditions:2:EndpointConditions! hostname:3:s?
  targetRef:4:ObjectReference deprecatedTopology:5:{}s nodeName:6:s? zone:7:s?
  hints:8:EndpointHints
EndpointConditions = ready:1:b? serving:2:b? terminating:3:b?
EndpointHints = forZones:1:[]ForZone forNodes:2:[]ForNode
discovery.EndpointPort~ = name:1:s? protocol:2:s:Protocol? port:3:i? appProtocol:4:s?
EndpointSlice = +TypeMeta metadata:1:ObjectMeta! addressType:4:s:AddressType!
  endpoints:2:[]Endpoint! ports:3:[]discovery.EndpointPort!
ForNode = name:1:s!
ForZone = name:1:s!
[flowcontrol.apiserver.k8s.io]
ExemptPriorityLevelConfiguration = nominalConcurrencyShares:1:i? lendablePercent:2:i?
FlowDistinguisherMethod = type:1:s:FlowDistinguisherMethodType!
FlowSchema = +TypeMeta metadata:1:ObjectMeta! spec:2:FlowSchemaSpec! status:3:FlowSchemaStatus!
FlowSchemaCondition = type:1:s:FlowSchemaConditionType status:2:s:ConditionStatus
  lastTransitionTime:3:t! reason:4:s message:5:s
FlowSchemaSpec = priorityLevelConfiguration:1:PriorityLevelConfigurationReference!
  matchingPrecedence:2:i! distinguisherMethod:3:FlowDistinguisherMethod
  rules:4:[]PolicyRulesWithSubjects
FlowSchemaStatus = conditions:1:[]FlowSchemaCondition@type#type
GroupSubject = name:1:s!
LimitResponse = type:1:s:LimitResponseType! queuing:2:QueuingConfiguration
LimitedPriorityLevelConfiguration = nominalConcurrencyShares:1:i!? limitResponse:2:LimitResponse!
  lendablePercent:3:i? borrowingLimitPercent:4:i?
NonResourcePolicyRule = verbs:1:[]s!#set nonResourceURLs:6:[]s!#set
PolicyRulesWithSubjects = subjects:1:[]flowcontrol.Subject! resourceRules:2:[]ResourcePolicyRule
  nonResourceRules:3:[]NonResourcePolicyRule
PriorityLevelConfiguration = +TypeMeta metadata:1:ObjectMeta!
  spec:2:PriorityLevelConfigurationSpec! status:3:PriorityLevelConfigurationStatus!
PriorityLevelConfigurationCondition = type:1:s:PriorityLevelConfigurationConditionType
  status:2:s:ConditionStatus lastTransitionTime:3:t! reason:4:s message:5:s
PriorityLevelConfigurationReference = name:1:s!
PriorityLevelConfigurationSpec = type:1:s:PriorityLevelEnablement!
  limited:2:LimitedPriorityLevelConfiguration exempt:3:ExemptPriorityLevelConfiguration
PriorityLevelConfigurationStatus = conditions:1:[]PriorityLevelConfigurationCondition@type#type
QueuingConfiguration = queues:1:i! handSize:2:i! queueLengthLimit:3:i!
ResourcePolicyRule = verbs:1:[]s!#set apiGroups:2:[]s!#set resources:3:[]s!#set clusterScope:4:b
  namespaces:5:[]s!#set
ServiceAccountSubject = namespace:1:s! name:2:s!
flowcontrol.Subject = kind:1:s:SubjectKind! user:2:UserSubject group:3:GroupSubject
  serviceAccount:4:ServiceAccountSubject
UserSubject = name:1:s!
[node.k8s.io]
Overhead = podFixed:1:{}q=ResourceList
RuntimeClass = +TypeMeta metadata:1:ObjectMeta! handler:2:s! overhead:3:Overhead
  scheduling:4:Scheduling
Scheduling = nodeSelector:1:{}s~ tolerations:2:[]Toleration
[scheduling.k8s.io]
PriorityClass = +TypeMeta metadata:1:ObjectMeta! value:2:i! globalDefault:3:b description:4:s
  preemptionPolicy:5:s:PreemptionPolicy?
[certificates.k8s.io]
CertificateSigningRequest = +TypeMeta metadata:1:ObjectMeta!
  spec:2:CertificateSigningRequestSpec! status:3:CertificateSigningRequestStatus!
CertificateSigningRequestCondition = type:1:s:RequestConditionType! status:6:s:ConditionStatus!
  reason:2:s message:3:s lastUpdateTime:4:t! lastTransitionTime:5:t!
CertificateSigningRequestSpec = request:1:y! signerName:7:s! expirationSeconds:8:i?
  usages:5:[]s:KeyUsage username:2:s uid:3:s groups:4:[]s extra:6:{}S:ExtraValue
CertificateSigningRequestStatus = conditions:1:[]CertificateSigningRequestCondition#type
  certificate:2:y
[apiregistration.k8s.io]
APIService = +TypeMeta metadata:1:ObjectMeta! spec:2:APIServiceSpec! status:3:APIServiceStatus!
APIServiceCondition = type:1:s:APIServiceConditionType! status:2:s:ConditionStatus!
  lastTransitionTime:3:t! reason:4:s message:5:s
APIServiceSpec = service:1:apiregistration.ServiceReference group:2:s version:3:s
  insecureSkipTLSVerify:4:b caBundle:5:y groupPriorityMinimum:7:i! versionPriority:8:i!
APIServiceStatus = conditions:1:[]APIServiceCondition@type#type
apiregistration.ServiceReference = namespace:1:s name:2:s port:3:i?
)";

}  // namespace drydock::fakekube
