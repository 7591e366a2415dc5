#include "core/archive/cache_document.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace drydock::archive {
namespace {

const std::string kHead =
    "<?xml version=\"1.0\"?><infinispan xmlns=\"urn:infinispan:config:15.0\"><cache-container>";
const std::string kTail = "</cache-container></infinispan>";

std::string in_caches(const std::string& element) {
  return kHead + "<caches>" + element + "</caches>" + kTail;
}

TEST(CacheDocument, TheElementIsItsBytesInAllThreeStyles) {
  const std::string element =
      "<distributed-cache name=\"a\" owners=\"2\">\n"
      "        <encoding media-type=\"text/plain\"/>\n"
      "    </distributed-cache>";
  const CacheElement expected{"a", element, false, "distributed-cache"};
  EXPECT_EQ(extract_cache("<?xml version=\"1.0\"?>\n<infinispan>\n  <cache-container>\n    " +
                              element + "\n  </cache-container>\n</infinispan>\n",
                          "a")
                .value(),
            expected);
  EXPECT_EQ(extract_cache("<infinispan>\n<cache-container>\n<caches>\n" + element +
                              "\n</caches>\n</cache-container>\n</infinispan>\n",
                          "a")
                .value(),
            expected);
  EXPECT_EQ(extract_cache(in_caches(element), "a").value(), expected);
}

TEST(CacheDocument, ATemplateIsKnownByItsElement) {
  const CacheElement element =
      extract_cache(in_caches("<local-cache-configuration name='t'/>"), "t").value();
  EXPECT_TRUE(element.is_template);
  EXPECT_EQ(element.kind, "local-cache");
  EXPECT_EQ(element.xml, "<local-cache-configuration name='t'/>");
}

TEST(CacheDocument, NothingInsideTheElementMisleadsTheSearchForItsEnd) {
  const std::string element =
      "<local-cache name=\"a\" x=\"/>\" y='</local-cache>'>"
      "<!-- </local-cache> -- > <b> --><![CDATA[</local-cache>]]>"
      "<?pi </local-cache> ?><local-cache name=\"inner\"/>"
      "<local-cache><c/></local-cache>text</local-cache >";
  EXPECT_EQ(extract_cache(in_caches("<!-- before -->" + element + "<!-- after -->"), "a")->xml,
            element);
}

TEST(CacheDocument, OddNamesAreResolvedAndTheirBytesKept) {
  const struct {
    std::string written, name;
  } cases[] = {{"quote'&quot;x", "quote'\"x"},
               {"&lt;a&gt;&amp;b", "<a>&b"},
               {"\xc3\xbcn\xc3\xaf"
                "code-\xe5\x90\x8d",
                "\xc3\xbcn\xc3\xaf"
                "code-\xe5\x90\x8d"},
               {"&#252;&#x540D;", "\xc3\xbc\xe5\x90\x8d"},
               {" lead", " lead"}};
  for (const auto& one : cases) {
    const std::string element = "<replicated-cache name=\"" + one.written + "\"/>";
    const auto extracted = extract_cache(in_caches(element), one.name);
    ASSERT_TRUE(extracted.ok()) << extracted.status().to_string();
    EXPECT_EQ(extracted->name, one.name);
    EXPECT_EQ(extracted->xml, element);
    EXPECT_EQ(wrap_cache(*extracted, "15.0.21.Final"), in_caches(element));
  }
}

TEST(CacheDocument, WhatIsNoDocumentOfThisCacheIsDataLoss) {
  const std::string cache = "<local-cache name=\"a\"/>";
  const std::vector<std::string> documents = {
      "",
      "<",
      "text",
      "<infinispan>",
      "<infinispan/>",
      cache,
      kHead + kTail,
      in_caches(""),
      in_caches(cache + cache),
      in_caches("<local-cache name=\"b\"/>"),
      in_caches("<local-cache/>"),
      in_caches("<counters name=\"a\"/>"),
      in_caches("<local-cache name=\"a\">"),
      in_caches(cache) + cache,
      in_caches(cache).substr(0, 100),
      "<other><cache-container>" + cache + "</cache-container></other>",
      "<infinispan><other>" + cache + "</other></infinispan>"};
  for (const std::string& document : documents)
    EXPECT_EQ(extract_cache(document, "a").code(), Code::kDataLoss) << document;
}

TEST(CacheDocument, DeepNestingNeedsNoStack) {
  std::string element = "<local-cache name=\"a\">";
  for (int i = 0; i < 100'000; ++i) element += "<x>";
  for (int i = 0; i < 100'000; ++i) element += "</x>";
  element += "</local-cache>";
  EXPECT_EQ(extract_cache(in_caches(element), "a")->xml, element);
}

TEST(CacheDocument, EveryCutIsDataLoss) {
  const std::string document = in_caches("<local-cache name=\"a\"><locking x='1'/></local-cache>");
  for (size_t size = 0; size < document.size(); ++size)
    EXPECT_EQ(extract_cache(document.substr(0, size), "a").code(), Code::kDataLoss) << size;
}

TEST(CacheDocument, TheNamespaceIsThatOfTheVersion) {
  const CacheElement element{"a", "<local-cache name=\"a\"/>", false, "local-cache"};
  EXPECT_EQ(wrap_cache(element, "16.0.7"),
            "<?xml version=\"1.0\"?><infinispan xmlns=\"urn:infinispan:config:16.0\">"
            "<cache-container><caches><local-cache name=\"a\"/></caches></cache-container>"
            "</infinispan>");
  EXPECT_EQ(wrap_cache(element, "12.1.11.Final"),
            "<?xml version=\"1.0\"?><infinispan xmlns=\"urn:infinispan:config:12.1\">"
            "<cache-container><local-cache name=\"a\"/></cache-container></infinispan>");
  EXPECT_EQ(extract_cache(wrap_cache(element, "12.1.11.Final"), "a").value(), element);
}

TEST(CacheElement, IsParsedByItself) {
  const CacheElement element =
      parse_cache_element(
          " <scattered-cache-configuration name=\"s\"><a/></scattered-cache-con"
          "figuration>\n")
          .value();
  EXPECT_EQ(element.name, "s");
  EXPECT_EQ(element.kind, "scattered-cache");
  EXPECT_TRUE(element.is_template);
  EXPECT_TRUE(element.xml.ends_with("<a/></scattered-cache-configuration>"));
  for (const char* text : {"", "x", "<local-cache/>", "<other name=\"a\"/>", "<local-cache name=",
                           "<local-cache name=\"a\"/><local-cache name=\"b\"/>"})
    EXPECT_EQ(parse_cache_element(text).code(), Code::kInvalid) << text;
}

}  // namespace
}  // namespace drydock::archive
