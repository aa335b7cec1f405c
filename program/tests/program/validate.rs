//! The validation dossier from a folder of results.

use crate::place::Place;

/// Two positive specimens, one of them repeated, and a normal control.
fn laboratory() -> Place {
    let place = Place::new();
    place.simulated("images/p1", "easy_positive", 1, 1400);
    place.simulated("images/p1b", "easy_positive", 2, 512);
    // A control without a result would withhold all verdicts.
    place.simulated("images/n1", "easy_negative", 3, 1400);
    place.write(
        "day.csv",
        "specimen,path,assay,control,manual_percent,IHC,ngs,repeat_of\n\
         P1,images/p1,alk,,50,3+,positive,\n\
         P1b,images/p1b,alk,,,,,P1\n\
         N1,images/n1,alk,negative,1.5,0,failed,\n",
    );
    let outcome = place.run(&["--sheet", "day.csv", "--out", "out"]);
    assert_eq!(outcome.status, 0, "{}", outcome.stderr);
    place
}

#[test]
fn a_dossier_comes_from_results_a_sheet_and_readers() {
    let place = laboratory();
    let header = place.read("out/specimens.csv").lines().next().unwrap().to_owned();
    assert!(header.ends_with(",ihc,manual_percent,ngs,repeat_of"), "{header}");

    let outcome = place.program(&["validate", "--results", "out", "--out", "dossier"]);
    assert_eq!(outcome.status, 0, "{}", outcome.stderr);
    let dossier = place.json("dossier/dossier.json");
    let in_use = &dossier["use_and_settings"];
    assert_eq!(
        (&in_use["specimens"], &in_use["repeats"], &in_use["normals"]),
        (&2.into(), &1.into(), &1.into())
    );
    assert_eq!(in_use["settings"].as_array().unwrap().len(), 1);
    assert_eq!(dossier["accuracy"]["comparison"]["state"], "too_few");
    let ihc = &dossier["concordance"]["ihc"]["table"];
    assert_eq!(ihc["row_labels"], serde_json::json!(["0", "1+", "2+", "3+"]));
    assert!(place.read("dossier/dossier.html").contains("Validation dossier"));

    // The values of a later sheet win.
    place.write("later.csv", "specimen;assay;manual_percent;ihc\nP1;ALK;44;1\nP9;alk;3;0\n");
    place.write(
        "readers.csv",
        "specimen,reader,rearranged,evaluable\nP1,a,22,50\nP1,b,25,50\nN1,a,0,50\nN1,b,1,50\n",
    );
    let outcome = place.program(&[
        "validate",
        "--results",
        "out",
        "--sheet",
        "later.csv",
        "--readers",
        "readers.csv",
        "--ihc-positive",
        "1+",
        "--out",
        "dossier",
    ]);
    assert_eq!(outcome.status, 0, "{}", outcome.stderr);
    let dossier = place.json("dossier/dossier.json");
    let compared = dossier["accuracy"]["specimens"].as_array().unwrap();
    let of_p1 = compared.iter().find(|specimen| specimen["specimen"] == "P1");
    assert_eq!(of_p1.unwrap()["manual_percent"], 44.0, "{compared:?}");
    assert_eq!(dossier["options"]["ihc_positive_from"], "1+");
    assert_eq!(dossier["readers"]["part"]["pairs"].as_array().unwrap().len(), 3);
}

#[test]
fn a_dossier_compares_the_readers_of_reviews_and_lists_the_unused() {
    let place = laboratory();
    let report = place.read("out/P1/report.html");
    let reading = &report.split_once("\"reading\":\"").unwrap().1[..64];
    let nuclei = place.read("out/P1/nuclei.csv");
    let called = |rearranged: &str| {
        let row = nuclei.lines().map(|row| row.split(',').collect::<Vec<_>>());
        let row = row.into_iter().find(|row| row[5] == "true" && row[12] == rearranged).unwrap();
        (row[0].to_owned(), row[1].to_owned())
    };
    for (reader, (field, id), pattern, role) in
        [("A", called("true"), "2F", &[][..]), ("B", called("true"), "1F1R1G", &["--second"])]
    {
        place.write(
            "review.csv",
            format!(
                "specimen,field,nucleus_id,change,pattern,reason,reader,time,seconds,assay,reading\n\
                 P1,{field},{id},pattern,{pattern},,{reader},2026-01-31T09:30:00Z,2,alk,{reading}\n"
            ),
        );
        let outcome = place.program(&[&["review", "out", "--review", "review.csv"], role].concat());
        assert_eq!(outcome.status, 0, "{}", outcome.stderr);
    }
    place.write("later.csv", "specimen,manual_percent\nP1,44\nP9,3\n");
    let arguments = ["validate", "--results", "out", "--sheet", "later.csv", "--out", "dossier"];
    let outcome = place.program(&arguments);
    assert_eq!(outcome.status, 0, "{}", outcome.stderr);
    let dossier = place.json("dossier/dossier.json");
    assert_eq!(dossier["reviews"]["readers"], serde_json::json!({ "A": 1, "B": 1 }));
    let pairs = dossier["reviews"]["pairs"].as_array().unwrap();
    // The first reader took a rearranged nucleus for an intact one.
    assert_eq!(pairs[0]["nuclei"]["counts"][1][0], 1, "{pairs:?}");
    assert_eq!(pairs[1]["nuclei"]["counts"][1][0], 1);
    assert_eq!(pairs[2]["nuclei"]["counts"][1][0], 0);
    let unused = serde_json::json!([{ "specimen": "P9", "reason": "row_without_result", "line": 3 }]);
    assert_eq!(dossier["unused"], unused);

    // A trail that was changed is no agreement, and says so.
    let trail = place.read("out/P1/audit.jsonl");
    place.write("out/P1/audit.jsonl", trail.replace("\"reader\":\"A\"", "\"reader\":\"C\""));
    assert_eq!(place.program(&arguments).status, 0);
    let dossier = place.json("dossier/dossier.json");
    assert!(dossier["reviews"].is_null());
    assert_eq!(dossier["unused"][0]["reason"], "reviews_refused");
}

#[test]
fn what_cannot_be_used_is_refused_and_nothing_is_written() {
    let place = laboratory();
    place.write("bad.csv", "specimen,ihc\nP1,++\n");
    place.write("no_readers.csv", "specimen,reader,rearranged,evaluable\nP1,a,60,50\n");
    for (arguments, told) in [
        (&["--results", "nowhere"][..], "nowhere"),
        (&["--results", "out", "--assay", "ros1"], "ros1"),
        (&["--results", "out", "--sheet", "bad.csv"], "line 2"),
        (&["--results", "out", "--readers", "no_readers.csv"], "line 2"),
        (&["--results", "out", "--ihc-positive", "0"], "ihc_positive_from"),
        (&["--results", "out", "--quick"], "--quick"),
        (&["--sheet", "bad.csv"], "--results"),
    ] {
        let outcome = place.program(&[&["validate", "--out", "dossier"], arguments].concat());
        assert_eq!(outcome.status, 2, "{arguments:?}: {}", outcome.stderr);
        assert!(outcome.stderr.contains(told), "{arguments:?}: {}", outcome.stderr);
    }
    assert!(!place.path("dossier").exists());
}
